//! What is said about the sections before anything is explored.
