"""What experiments of all papers share: their result, its page, runs that differ in little."""
