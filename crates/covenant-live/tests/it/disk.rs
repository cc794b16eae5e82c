//! A disk that forgets what was not synced, and can be full.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use covenant_live::storage::{Guard, Locking, Storage};

use crate::doom::Doom;

/// A disk that forgets what was not synced. Clones are the same disk.
#[derive(Clone, Debug)]
pub(crate) struct SimulatedDisk {
    state: Arc<Mutex<State>>,
    doom: Doom,
}

#[derive(Debug, Default)]
struct State {
    contents: Vec<Content>,
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    locked: BTreeSet<PathBuf>,
    marks: BTreeMap<PathBuf, Vec<u8>>,
    operations: u64,
    /// The first operation that fails, with how much of it is done; those after it fail too.
    full: Option<(u64, usize)>,
}

/// A file without its name.
#[derive(Clone, Debug, Default)]
struct Content {
    now: Vec<u8>,
    durable: Vec<u8>,
}

impl SimulatedDisk {
    pub(crate) fn new(doom: Doom) -> Self {
        Self { state: Arc::default(), doom }
    }

    /// With a file that is durable.
    pub(crate) fn with_file(file: &Path, bytes: &[u8]) -> Self {
        let disk = Self::new(Doom::never());
        disk.set(file, bytes);
        disk
    }

    /// Replaces a file, as an editor would.
    pub(crate) fn set(&self, file: &Path, bytes: &[u8]) {
        let mut state = self.state();
        let content = Content { now: bytes.to_vec(), durable: bytes.to_vec() };
        state.contents.push(content);
        let id = state.contents.len() - 1;
        state.names.insert(file.to_owned(), id);
        state.durable_names.insert(file.to_owned(), id);
    }

    /// The bytes of a file that is there.
    pub(crate) fn bytes(&self, file: &Path) -> Vec<u8> {
        let state = self.state();
        state.contents[state.names[file]].now.clone()
    }

    /// How many operations that change files there were.
    pub(crate) fn operations(&self) -> u64 {
        self.state().operations
    }

    /// From this operation on the disk is full; `partly` bytes of it still go through.
    pub(crate) fn fill(&self, operation: u64, partly: usize) {
        self.state().full = Some((operation, partly));
    }

    /// There is room again.
    pub(crate) fn free(&self) {
        self.state().full = None;
    }

    /// The power fails: what was not synced may be there, in part, or not; `chance` says which.
    pub(crate) fn crash(&self, mut chance: u64) {
        let mut state = self.state();
        state.locked.clear();
        let mut draw = move |below: u64| {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (chance >> 33) % below.max(1)
        };
        let files: BTreeSet<PathBuf> =
            state.names.keys().chain(state.durable_names.keys()).cloned().collect();
        for file in files {
            if draw(2) == 0 {
                let durable = state.durable_names.get(&file).copied();
                match durable {
                    Some(id) => state.names.insert(file, id),
                    None => state.names.remove(&file),
                };
            }
        }
        state.durable_names = state.names.clone();
        for content in &mut state.contents {
            *content = content.after_crash(&mut draw);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something, with a chance to die before and after.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> io::Result<T>) -> io::Result<T> {
        self.doom.pass();
        let result = {
            let mut state = self.state();
            let number = state.operations;
            state.operations += 1;
            match state.full {
                Some((first, _)) if number >= first => Err(io::Error::from(ErrorKind::StorageFull)),
                _ => change(&mut state),
            }
        };
        self.doom.pass();
        result
    }
}

impl Content {
    fn after_crash(&self, draw: &mut impl FnMut(u64) -> u64) -> Self {
        let Self { now, durable } = self;
        let mut draw = |below: usize| usize::try_from(draw(below as u64)).unwrap();
        let kept = if now.starts_with(durable) {
            let added = now.len() - durable.len();
            let mut kept = now[..durable.len() + draw(added + 1)].to_vec();
            // The length is there, but the pages before it are not.
            if draw(4) == 0 && kept.len() > durable.len() {
                let until = durable.len() + draw(kept.len() - durable.len());
                kept[durable.len()..until].fill(0);
            }
            kept
        } else if draw(2) == 0 {
            // It was cut or written anew.
            now.clone()
        } else {
            durable.clone()
        };
        Self { now: kept.clone(), durable: kept }
    }
}

impl State {
    fn content(&mut self, file: &Path) -> io::Result<&mut Content> {
        let id = self.names.get(file).ok_or_else(|| io::Error::from(ErrorKind::NotFound))?;
        Ok(&mut self.contents[*id])
    }
}

impl Storage for SimulatedDisk {
    fn read(&self, file: &Path) -> io::Result<Option<Vec<u8>>> {
        let state = self.state();
        Ok(state.names.get(file).map(|id| state.contents[*id].now.clone()))
    }

    fn create_folder(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        self.change(|state| {
            if !state.names.contains_key(file) {
                state.contents.push(Content::default());
                let id = state.contents.len() - 1;
                state.names.insert(file.to_owned(), id);
            }
            state.content(file)?.now = bytes.to_vec();
            Ok(())
        })
    }

    fn append(&self, file: &Path, bytes: &[u8]) -> io::Result<()> {
        let partly = {
            let state = self.state();
            state.full.filter(|(first, _)| *first == state.operations).map(|(_, partly)| partly)
        };
        if let Some(partly) = partly {
            let part = &bytes[..partly.min(bytes.len())];
            self.state().content(file)?.now.extend_from_slice(part);
        }
        self.change(|state| {
            state.content(file)?.now.extend_from_slice(bytes);
            Ok(())
        })
    }

    fn cut(&self, file: &Path, length: u64) -> io::Result<()> {
        self.change(|state| {
            state.content(file)?.now.truncate(usize::try_from(length).unwrap());
            Ok(())
        })
    }

    fn sync(&self, file: &Path) -> io::Result<()> {
        self.change(|state| {
            let content = state.content(file)?;
            content.durable.clone_from(&content.now);
            Ok(())
        })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.change(|state| {
            let id =
                state.names.remove(from).ok_or_else(|| io::Error::from(ErrorKind::NotFound))?;
            state.names.insert(to.to_owned(), id);
            Ok(())
        })
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.change(|state| {
            let inside = |file: &Path| file.parent() == Some(folder);
            state.durable_names.retain(|file, _| !inside(file));
            let names = state.names.clone();
            state.durable_names.extend(names.into_iter().filter(|(file, _)| inside(file)));
            Ok(())
        })
    }

    fn lock(&self, file: &Path) -> io::Result<Locking> {
        let mut state = self.state();
        let left = state.marks.get(file).cloned().unwrap_or_default();
        if !state.locked.insert(file.to_owned()) {
            return Ok(Locking::Held { by: left });
        }
        let guard = SimulatedGuard { disk: self.clone(), file: file.to_owned(), marked: false };
        Ok(Locking::Taken { guard: Box::new(guard), left })
    }
}

#[derive(Debug)]
struct SimulatedGuard {
    disk: SimulatedDisk,
    file: PathBuf,
    marked: bool,
}

impl Guard for SimulatedGuard {
    fn mark(&mut self, owner: &[u8]) -> io::Result<()> {
        self.marked = true;
        self.disk.state().marks.insert(self.file.clone(), owner.to_vec());
        Ok(())
    }
}

impl Drop for SimulatedGuard {
    fn drop(&mut self) {
        let mut state = self.disk.state();
        state.locked.remove(&self.file);
        // A process that dies tidies nothing up.
        if self.marked && !std::thread::panicking() {
            state.marks.remove(&self.file);
        }
    }
}
