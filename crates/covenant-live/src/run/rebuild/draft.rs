//! A journal that may yet turn out to be wrong is written in memory.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::storage::{Guard, Locking, Storage};

/// Files that nobody else sees and nobody misses.
#[derive(Debug, Default)]
pub(super) struct Draft(Mutex<BTreeMap<PathBuf, Vec<u8>>>);

impl Draft {
    fn files(&self) -> MutexGuard<'_, BTreeMap<PathBuf, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, file: &Path, change: impl FnOnce(&mut Vec<u8>)) -> io::Result<()> {
        let mut files = self.files();
        change(files.get_mut(file).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?);
        Ok(())
    }
}

impl Storage for Draft {
    fn read(&self, file: &Path) -> io::Result<Option<Vec<u8>>> {
        Ok(self.files().get(file).cloned())
    }

    fn create_folder(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        self.files().insert(file.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn append(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        self.change(file, |known| known.extend_from_slice(bytes))
    }

    fn cut(&self, file: &Path, length: u64) -> io::Result<()> {
        self.change(file, |known| known.truncate(usize::try_from(length).unwrap_or(usize::MAX)))
    }

    fn sync(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut files = self.files();
        let bytes = files.remove(from).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        files.insert(to.to_owned(), bytes);
        Ok(())
    }

    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn lock(&self, _: &Path) -> io::Result<Locking> {
        Ok(Locking::Taken { guard: Box::new(Nobody), left: Vec::new() })
    }
}

/// Nobody else could want it.
#[derive(Debug)]
struct Nobody;

impl Guard for Nobody {
    fn mark(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
}
