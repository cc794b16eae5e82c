//! Files of secrets on the disk: private, whole, and really there.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::error::KeyError;

/// The mode of a folder of secrets.
const FOLDER_MODE: u32 = 0o700;

/// The mode of a file of secrets.
const FILE_MODE: u32 = 0o600;

/// Reads a file that must be its owner's alone, up to `limit` bytes of it.
pub(super) fn read_secret(path: &Path, limit: u64) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let failed = |error| unreadable(path, error);
    // Looked at before it is opened, since opening a pipe waits for its writer; and again once it is open, since only
    // then is it certain what was looked at. A pipe may hold a password (`--password-file <(…)`).
    let named = fs::metadata(path).map_err(failed)?;
    if named.is_dir() {
        return Err(KeyError::NotAFile { path: path.to_owned() });
    }
    let file = File::open(path).map_err(failed)?;
    let opened = file.metadata().map_err(failed)?;
    if opened.is_file() {
        check_private(path, &opened, FILE_MODE)?;
    }
    // Room for everything from the beginning: a buffer that grows leaves copies behind.
    let room = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() >= room {
        let reason = format!("it is longer than {limit} bytes");
        return Err(KeyError::Malformed { path: path.to_owned(), reason });
    }
    Ok(bytes)
}

/// Makes a folder that is its owner's alone, with the folders above it; one that is there must be so already.
pub(super) fn make_private_folder(path: &Path) -> Result<(), KeyError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, FOLDER_MODE);
    builder.create(path).map_err(|error| unwritable(path, error))?;
    check_private_folder(path)
}

/// Checks that nobody but its owner can look into a folder.
pub(super) fn check_private_folder(path: &Path) -> Result<(), KeyError> {
    let metadata = fs::metadata(path).map_err(|error| unreadable(path, error))?;
    check_private(path, &metadata, FOLDER_MODE)
}

/// Writes a new private file, whole and durable; one that is there already is left alone, and is an error.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    let draft = draft(path, bytes)?;
    draft.persist_noclobber(path).map_err(|error| unwritable(path, error.error))?;
    sync_folder(path)
}

/// Writes a private file, whole and durable, in place of one that may be there.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    let draft = draft(path, bytes)?;
    draft.persist(path).map_err(|error| unwritable(path, error.error))?;
    sync_folder(path)
}

/// Removes a file for good.
pub(super) fn remove(path: &Path) -> Result<(), KeyError> {
    fs::remove_file(path).map_err(|error| unwritable(path, error))?;
    sync_folder(path)
}

/// Adds a line to a private file and waits until it is on the disk. Lines of several processes do not mix.
pub(super) fn append_line(path: &Path, line: &str) -> Result<(), KeyError> {
    append(path, line).map_err(|error| unwritable(path, error))
}

fn append(path: &Path, line: &str) -> io::Result<()> {
    let is_new = !path.exists();
    let mut file = private().read(true).append(true).create(true).open(path)?;
    file.lock()?;
    // A crash may have cut the last line short; what follows must not be joined to it.
    let torn = !ends_a_line(&file)?;
    file.write_all(format!("{}{line}\n", if torn { "\n" } else { "" }).as_bytes())?;
    file.sync_data()?;
    if is_new { sync(path) } else { Ok(()) }
}

/// Whether a file is empty or ends with the end of a line.
fn ends_a_line(mut file: &File) -> io::Result<bool> {
    use std::io::{Seek, SeekFrom};

    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// A file that locks out other processes for as long as it is held.
pub(super) fn lock(path: &Path) -> Result<File, KeyError> {
    let locked = private().write(true).create(true).truncate(false).open(path);
    locked.and_then(|file| file.lock().map(|()| file)).map_err(|error| unwritable(path, error))
}

fn private() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there are no modes to set"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, FILE_MODE);
    options
}

/// The content beside the file it is for: private from the first byte, and on the disk.
fn draft(path: &Path, bytes: &[u8]) -> Result<tempfile::NamedTempFile, KeyError> {
    let write = || {
        let mut file = tempfile::Builder::new().prefix(".draft-").tempfile_in(folder(path))?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    write().map_err(|error| unwritable(path, error))
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Makes what happened to a file's name durable.
fn sync_folder(path: &Path) -> Result<(), KeyError> {
    sync(path).map_err(|error| unwritable(path, error))
}

#[cfg(unix)]
fn sync(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

#[cfg(not(unix))]
fn sync(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn check_private(path: &Path, metadata: &fs::Metadata, wanted: u32) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt;

    let mode = metadata.permissions().mode() & 0o7777;
    if mode & 0o077 == 0 {
        Ok(())
    } else {
        Err(KeyError::WideOpen { path: path.to_owned(), mode, wanted })
    }
}

/// Where there are no modes, the folder of a user is private by the rules of the system.
#[cfg(not(unix))]
fn check_private(_path: &Path, _metadata: &fs::Metadata, _wanted: u32) -> Result<(), KeyError> {
    Ok(())
}

pub(super) fn unreadable(path: &Path, error: io::Error) -> KeyError {
    if error.kind() == io::ErrorKind::NotFound {
        KeyError::Missing { path: path.to_owned() }
    } else {
        KeyError::Read { path: path.to_owned(), error }
    }
}

pub(super) fn unwritable(path: &Path, error: io::Error) -> KeyError {
    KeyError::Write { path: path.to_owned(), error }
}
