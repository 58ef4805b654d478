"""A figure that a reader moves, over frames that the build computed."""
