-- What hangs on the rows alone, and no longer on the order in which they were loaded.

COMMENT ON COLUMN documents.revision IS 'Number of the revision, from 1, in the order in which they were first seen.';
COMMENT ON COLUMN documents.near_duplicate_of IS 'document_id of the earlier document, of another source and at most three days before, whose words its first revision nearly repeats; of several the likest.';
COMMENT ON COLUMN documents.signature IS 'MinHash signature, for the search for near duplicates; without bytes where the text is too short or has no date, empty until the search has looked at it.';
COMMENT ON COLUMN entities.name IS 'Name in dictionary form: English where the knowledge base knows it, else of the spellings that were met the first by the alphabet.';
COMMENT ON COLUMN entities.role IS 'For a person: the office held, from the knowledge base, else of the job titles that were met the first by the alphabet.';
