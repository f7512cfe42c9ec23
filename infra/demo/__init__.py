"""The demo web: outlets and channels of the 2025 queue episode, served from one loopback port at a settable clock."""
