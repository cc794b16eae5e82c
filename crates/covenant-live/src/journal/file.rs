//! The file of a journal.

use std::{
    io, mem,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    book::Book,
    error::JournalError,
    line::{self, End, Sum},
    record::{Begun, Record},
};
use crate::storage::{Lock, Owner, Storage, place};

/// A journal that this process alone may add to.
#[derive(Debug)]
pub struct Journal {
    storage: Arc<dyn Storage>,
    file: PathBuf,
    sum: Sum,
    book: Book,
    /// What is in the book and not in the file yet.
    staged: Vec<Record>,
    dropped: usize,
    broken: bool,
    lock: Lock,
}

/// What is in the file of a journal.
#[derive(Debug)]
pub struct Reading {
    /// The records, the first one always a [`Record::Begun`].
    pub records: Vec<Record>,
    /// What they add up to.
    pub book: Book,
    /// How many bytes of a torn last line were left out.
    pub torn: usize,
    sum: Sum,
    /// The last line lacks its newline.
    unfinished: bool,
    length: usize,
}

impl Journal {
    /// Reads the journal `file` without locking or changing it; `None` if it is not there.
    ///
    /// # Errors
    ///
    /// [`JournalError::Damaged`] if the file is not as it was written, [`JournalError::Format`] if another version wrote
    /// it, [`JournalError::Io`].
    pub fn read(storage: &dyn Storage, file: &Path) -> Result<Option<Reading>, JournalError> {
        let bytes = storage.read(file).map_err(failed(file, "read"))?;
        bytes.map(|bytes| Reading::new(file, &bytes)).transpose()
    }

    /// Opens the journal `file` to go on with it; `None` if it is not there.
    ///
    /// A torn last line is cut off.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), and [`JournalError::Lock`] if another process works with it.
    pub fn open(
        storage: Arc<dyn Storage>,
        file: &Path,
        owner: &Owner,
    ) -> Result<Option<Self>, JournalError> {
        if storage.read(file).map_err(failed(file, "read"))?.is_none() {
            return Ok(None);
        }
        let lock = Lock::take(&*storage, &lock_of(file), owner)?;
        let Some(reading) = Self::read(&*storage, file)? else { return Ok(None) };
        let repair = failed(file, "repair the end of");
        if reading.torn > 0 {
            storage.cut(file, reading.length as u64).map_err(&repair)?;
        }
        if reading.unfinished {
            storage.append(file, b"\n").map_err(&repair)?;
        }
        // Synced in any case: what was read may be in memory only, and from here on it is acted upon.
        storage.sync(file).map_err(repair)?;
        let Reading { book, sum, torn: dropped, .. } = reading;
        let file = file.to_owned();
        let staged = Vec::new();
        Ok(Some(Self { storage, file, sum, book, staged, dropped, broken: false, lock }))
    }

    /// Begins a journal where there is none.
    ///
    /// # Errors
    ///
    /// [`JournalError::Exists`] if there is one, [`JournalError::Lock`] if another process is about to begin it too,
    /// [`JournalError::Io`].
    pub fn begin(
        storage: Arc<dyn Storage>,
        file: &Path,
        owner: &Owner,
        begun: Begun,
    ) -> Result<Self, JournalError> {
        let lock = Lock::take(&*storage, &lock_of(file), owner)?;
        if storage.read(file).map_err(failed(file, "read"))?.is_some() {
            return Err(JournalError::Exists { file: file.to_owned() });
        }
        let (mut line, sum) = line::encode(&[Record::Begun(begun.clone())], Sum::default());
        line.push('\n');
        place(&*storage, file, line.as_bytes()).map_err(failed(file, "begin"))?;
        let (file, book, staged) = (file.to_owned(), Book::new(begun), Vec::new());
        Ok(Self { storage, file, sum, book, staged, dropped: 0, broken: false, lock })
    }

    /// Writes a record down, after those that are [staged](Self::stage); all are durable when this returns.
    ///
    /// # Errors
    ///
    /// [`JournalError::Order`] if it does not follow from the records before it: then nothing was written.
    /// [`JournalError::Io`] if it could not be written, and [`JournalError::Broken`] ever after: the file has to be
    /// opened again.
    pub fn append(&mut self, record: &Record) -> Result<(), JournalError> {
        self.stage(record)?;
        self.commit().map(drop)
    }

    /// Takes a record in, to be written down by the next [`commit`](Self::commit). Until then it is not durable, and
    /// nothing may be done because of it that a later run could not do again without knowing it.
    ///
    /// # Errors
    ///
    /// [`JournalError::Order`] if it does not follow from the records before it, [`JournalError::Broken`].
    pub fn stage(&mut self, record: &Record) -> Result<(), JournalError> {
        if self.broken {
            return Err(JournalError::Broken { file: self.file.clone() });
        }
        self.book.apply(record).map_err(|reason| JournalError::Order { reason })?;
        self.staged.push(record.clone());
        Ok(())
    }

    /// Writes down what was staged, as one line: after a crash all of it is there, or none. Returns what became durable.
    ///
    /// # Errors
    ///
    /// [`JournalError::Io`] if it could not be written, and [`JournalError::Broken`] ever after.
    pub fn commit(&mut self) -> Result<Vec<Record>, JournalError> {
        if self.broken {
            return Err(JournalError::Broken { file: self.file.clone() });
        }
        if self.staged.is_empty() {
            return Ok(Vec::new());
        }
        let (line, sum) = line::encode(&self.staged, self.sum);
        self.broken = true;
        self.write(&line).map_err(failed(&self.file, "write to"))?;
        self.broken = false;
        self.sum = sum;
        Ok(mem::take(&mut self.staged))
    }

    /// What the records add up to, those that are staged among them.
    pub const fn book(&self) -> &Book {
        &self.book
    }

    /// The file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// How many bytes of a torn last line were cut off when the journal was opened.
    pub const fn dropped(&self) -> usize {
        self.dropped
    }

    /// The process that died while it worked with the journal, if one did.
    pub const fn stale_owner(&self) -> Option<&Owner> {
        self.lock.stale()
    }

    fn write(&self, line: &str) -> io::Result<()> {
        self.storage.append(&self.file, line.as_bytes())?;
        self.storage.sync(&self.file)?;
        self.storage.append(&self.file, b"\n")?;
        self.storage.sync(&self.file)
    }
}

impl Reading {
    fn new(file: &Path, bytes: &[u8]) -> Result<Self, JournalError> {
        let damaged = |line, reason: String| {
            let file = file.to_owned();
            JournalError::Damaged { file, line, reason }
        };
        let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        let end = lines.pop().expect("splitting gives at least one part");
        let mut sum = Sum::default();
        let mut records = Vec::with_capacity(lines.len() + 1);
        let mut numbers = Vec::with_capacity(lines.len() + 1);
        let mut read = |line: &[u8], number, sum: &mut Sum| {
            let several;
            (several, *sum) = line::decode(line, *sum).map_err(|reason| damaged(number, reason))?;
            numbers.extend(several.iter().map(|_| number));
            records.extend(several);
            Ok::<(), JournalError>(())
        };
        for (index, line) in lines.iter().enumerate() {
            read(line, index + 1, &mut sum)?;
        }
        let number = lines.len() + 1;
        let kind = line::end(end, sum);
        match kind {
            End::Whole => read(end, number, &mut sum)?,
            End::Damaged => {
                let reason = "something other than its newline follows it".to_owned();
                return Err(damaged(number, reason));
            }
            End::Clean | End::Torn => {}
        }
        let torn = if kind == End::Torn { end.len() } else { 0 };
        let book = book(&records)
            .map_err(|(index, reason)| damaged(numbers.get(index).copied().unwrap_or(1), reason))?;
        let Begun { format, program, .. } = book.begun();
        if *format != Begun::FORMAT {
            let (file, found, program) = (file.to_owned(), *format, program.clone());
            return Err(JournalError::Format { file, found, known: Begun::FORMAT, program });
        }
        let length = bytes.len() - torn;
        Ok(Self { records, book, torn, sum, unfinished: kind == End::Whole, length })
    }
}

/// What the records add up to; else which of them is wrong, from 0, and why.
fn book(records: &[Record]) -> Result<Book, (usize, String)> {
    let mut records = records.iter();
    let Some(Record::Begun(begun)) = records.next() else {
        // The first line comes into being with the file, so no crash leaves a file without it.
        return Err((0, "its first line does not say what it is the journal of".to_owned()));
    };
    let mut book = Book::new(begun.clone());
    for (index, record) in records.enumerate() {
        book.apply(record).map_err(|reason| (index + 1, reason))?;
    }
    Ok(book)
}

/// The lock that goes with a journal.
fn lock_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

fn failed(file: &Path, doing: &'static str) -> impl Fn(io::Error) -> JournalError {
    let file = file.to_owned();
    move |source| JournalError::Io { file: file.clone(), doing, source }
}
