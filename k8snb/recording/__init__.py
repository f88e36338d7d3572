"""The simulator's side of the conformance recordings: frames, transcripts, answers, and the comparison with them."""
