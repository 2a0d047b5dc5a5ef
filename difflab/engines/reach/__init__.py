"""What a function can see of the world around it: the search for it, and telling whether it has changed."""
