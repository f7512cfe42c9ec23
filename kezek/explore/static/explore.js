// "/" goes to the search box, as on many sites. The pages need no script.
"use strict";
document.addEventListener("keydown", (event) => {
  const search = document.getElementById("q");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || !search) return;
  if (event.target.closest("input, select, textarea")) return;
  event.preventDefault();
  search.focus();
  search.select();
});
