"""Networks built of rows: the words of the tables, the layers that they become."""
