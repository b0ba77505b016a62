"""Its folder is on the path of every test, so that all of them can use what stands here: `pools`."""
