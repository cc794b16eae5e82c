//! The two streams: stdout carries the result, stderr everything else.

use std::{
    io::{self, IsTerminal, Write},
    sync::Mutex,
};

use anstream::AutoStream;
use clap::ColorChoice;
use covenant_live::keys::Password;
use covenant_report::Colour;

use crate::exit::{Exit, Failure};

/// Where the command prints.
#[derive(Debug)]
pub(crate) struct Terminal {
    out: Stream,
    err: Stream,
}

/// One stream.
#[derive(Debug)]
struct Stream {
    colour: Colour,
    state: Mutex<State>,
}

/// What became of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It takes what is written.
    Open,
    /// Its reader has gone, as `head` does when it has seen enough. That is no error: the rest is not wanted.
    Unread,
    /// It cannot be written, for example because the disk is full.
    Broken,
}

impl Terminal {
    /// The terminal, with colour where the user wants it.
    pub(crate) fn new(color: ColorChoice) -> Self {
        Self {
            out: Stream::new(colour(color, &io::stdout())),
            err: Stream::new(colour(color, &io::stderr())),
        }
    }

    /// Whether results are coloured.
    pub(crate) const fn colour(&self) -> Colour {
        self.out.colour
    }

    /// Whether messages are coloured.
    pub(crate) const fn message_colour(&self) -> Colour {
        self.err.colour
    }

    /// Whether somebody watches stderr.
    pub(crate) fn is_watched(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// Prints a part of the result.
    pub(crate) fn out(&self, text: &str) {
        if let Some(error) = self.out.write(&mut io::stdout().lock(), text) {
            self.err(&covenant_report::message(
                &format!("cannot write to stdout: {error}"),
                &[],
                self.err.colour,
            ));
        }
    }

    /// Prints a message.
    pub(crate) fn err(&self, text: &str) {
        // There is no better place to say that stderr is broken.
        let _ = self.err.write(&mut io::stderr().lock(), text);
    }

    /// Prints a line that only informs.
    pub(crate) fn note(&self, text: &str) {
        self.err(&format!("{}\n", covenant_report::escape_lines(text)));
    }

    /// Prints why a command could not do what was asked.
    pub(crate) fn failure(&self, failure: &Failure) {
        let hints: Vec<&str> = failure.hints.iter().map(String::as_str).collect();
        for (index, message) in failure.messages.iter().enumerate() {
            let last = index + 1 == failure.messages.len();
            self.err(&covenant_report::message(
                message,
                if last { &hints } else { &[] },
                self.err.colour,
            ));
        }
    }

    /// Asks for something that must not be seen while it is typed.
    ///
    /// # Errors
    /// When nobody is there to be asked, or when the answer is ctrl-C.
    pub(crate) fn ask_secret(&self, question: &str) -> Result<Password, Failure> {
        self.check_answers(question)?;
        let answer =
            rpassword::prompt_password(format!("{}: ", covenant_report::escape_lines(question)));
        answer.map(Password::new).map_err(|error| unanswered(question, &error))
    }

    /// Asks for a line of text.
    ///
    /// # Errors
    /// When nobody is there to be asked.
    pub(crate) fn ask(&self, question: &str) -> Result<String, Failure> {
        self.check_answers(question)?;
        self.err(&format!("{}: ", covenant_report::escape_lines(question)));
        let mut line = String::new();
        io::stdin().read_line(&mut line).map_err(|error| unanswered(question, &error))?;
        Ok(line.trim().to_owned())
    }

    /// Nobody answers where stdin is a file or a pipe; and what comes from there was not meant as an answer.
    fn check_answers(&self, question: &str) -> Result<(), Failure> {
        if io::stdin().is_terminal() {
            Ok(())
        } else {
            let message = format!("there is no terminal to ask on: {question}");
            Err(Failure::new(Exit::Network, message))
        }
    }

    /// The exit code in view of what became of stdout: a result that could not be written is no success.
    pub(crate) fn exit(&self, exit: Exit) -> Exit {
        if self.out.state() == State::Broken && exit == Exit::Held { Exit::Usage } else { exit }
    }
}

impl Stream {
    const fn new(colour: Colour) -> Self {
        Self { colour, state: Mutex::new(State::Open) }
    }

    fn state(&self) -> State {
        *self.state.lock().expect("nothing panics while it holds the lock")
    }

    /// Writes, and reports an error the first time that something is wrong.
    fn write(&self, stream: &mut dyn Write, text: &str) -> Option<io::Error> {
        if self.state() != State::Open {
            return None;
        }
        let error = stream.write_all(text.as_bytes()).and_then(|()| stream.flush()).err()?;
        let unread = error.kind() == io::ErrorKind::BrokenPipe;
        *self.state.lock().expect("nothing panics while it holds the lock") =
            if unread { State::Unread } else { State::Broken };
        (!unread).then_some(error)
    }
}

fn unanswered(question: &str, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::Interrupted {
        Failure { exit: Exit::Interrupted, messages: Vec::new(), hints: Vec::new() }
    } else {
        Failure::new(Exit::Network, format!("no answer to `{question}`: {error}"))
    }
}

/// Colour as the user wants it, or as the stream and the usual variables (`NO_COLOR`, `CLICOLOR_FORCE`) suggest.
fn colour(color: ColorChoice, stream: &impl anstream::stream::RawStream) -> Colour {
    let coloured = match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => AutoStream::choice(stream) != anstream::ColorChoice::Never,
    };
    if coloured { Colour::Ansi } else { Colour::Plain }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};

    use covenant_report::Colour;

    use super::{State, Stream};

    /// A stream that fails in a certain way.
    struct Failing(io::ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_has_gone_is_no_error() {
        let stream = Stream::new(Colour::Plain);
        assert!(stream.write(&mut Failing(io::ErrorKind::BrokenPipe), "x").is_none());
        assert_eq!(stream.state(), State::Unread);
    }

    #[test]
    fn a_full_disk_is_reported_once() {
        let stream = Stream::new(Colour::Plain);
        assert!(stream.write(&mut Failing(io::ErrorKind::StorageFull), "x").is_some());
        assert!(stream.write(&mut Failing(io::ErrorKind::StorageFull), "x").is_none());
        assert_eq!(stream.state(), State::Broken);
    }
}
