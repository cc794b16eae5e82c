//! Output files: whole or not at all.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use crate::exit::Failure;

/// Writes a file whole: a reader, or a crash, never sees half of it.
///
/// # Errors
/// When the folder or the file cannot be written; what was there before is then still there.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    whole(path, text).map_err(|error| {
        Failure::usage(format!("cannot write `{}`: {}", path.display(), reason(&error)))
    })
}

/// Checks before a long run that a file can be written after it, as far as that can be told; `option` asked for it.
///
/// # Errors
/// When the path is a folder, or leads through a file.
pub(crate) fn check_writable(option: &str, path: &Path) -> Result<(), Failure> {
    if path.is_dir() {
        return Err(Failure::usage(format!("{option}: `{}` is a folder", path.display())));
    }
    let above = path.ancestors().skip(1).find(|above| above.exists() && !above.is_dir());
    above.map_or(Ok(()), |file| {
        Err(Failure::usage(format!("{option}: `{}` is not a folder", file.display())))
    })
}

/// Why a file could not be written, without the random name of a temporary one.
pub(crate) fn reason(error: &io::Error) -> String {
    if error.get_ref().is_some() { error.kind().to_string() } else { error.to_string() }
}

fn whole(path: &Path, text: &str) -> io::Result<()> {
    // A device or a pipe (`--junit /dev/stdout`) cannot be replaced by a file.
    if fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return fs::write(path, text);
    }
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut file = builder().tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Temporary files with the permissions that other new files have, instead of their owner's alone.
#[cfg(unix)]
fn builder() -> tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;

    let mut builder = tempfile::Builder::new();
    // The process's umask still applies.
    builder.prefix(".covenant-").permissions(fs::Permissions::from_mode(0o666));
    builder
}

#[cfg(not(unix))]
fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".covenant-");
    builder
}

/// Adds to the end of a file, which is made where there is none.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn append(path: &Path, text: &str) -> Result<(), Failure> {
    let file = fs::OpenOptions::new().create(true).append(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::usage(format!("cannot write `{}`: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::{append, check_writable, write};

    #[test]
    fn replaces_a_file_whole_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reports/a b.xml");
        write(&path, "one").unwrap();
        write(&path, "two").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn appends() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("summary.md");
        append(&path, "one\n").unwrap();
        append(&path, "two\n").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\ntwo\n");
    }

    #[test]
    fn what_cannot_be_written_is_known_before() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.xml");
        write(&file, "x").unwrap();
        check_writable("--junit", &file).unwrap();
        check_writable("--junit", &folder.path().join("new/b.xml")).unwrap();
        check_writable("--junit", std::path::Path::new("b.xml")).unwrap();
        let message = |path| check_writable("--junit", path).unwrap_err().messages.remove(0);
        assert!(message(folder.path()).ends_with("` is a folder"));
        assert!(message(&file.join("b.xml")).ends_with("a.xml` is not a folder"));
    }

    #[test]
    fn a_folder_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let failure = write(folder.path(), "x").unwrap_err();
        assert!(failure.messages[0].starts_with("cannot write `"));
    }
}
