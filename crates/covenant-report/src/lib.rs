//! Events and results to text, JSON, JUnit and annotations.
