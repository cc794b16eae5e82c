//! Paths as they are shown, the same on every system.

use std::path::Path;

/// The path with forward slashes, and without a leading `./`.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() };
    match text.strip_prefix("./") {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::shown;

    #[test]
    fn drops_the_leading_dot() {
        assert_eq!(shown(Path::new("./tests/a b.yaml")), "tests/a b.yaml");
        assert_eq!(shown(Path::new("/x/../y")), "/x/../y");
    }
}
