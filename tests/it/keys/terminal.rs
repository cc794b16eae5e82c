//! With somebody at the terminal.

use rexpect::session::{PtySession, spawn_command};

use super::*;

/// Runs the command on a terminal, and says what it left behind. What is typed on a terminal is seen; the library that
/// makes one turns that off.
const SHELL: &str = "stty echo; tty; \"$0\" \"$@\"; code=$?; stty -a | grep -oE -e '-?echo '; echo exit code: $code.";

/// A terminal, and the command on it.
struct Person {
    session: PtySession,
    /// The terminal's own name, by which its settings can be looked at.
    tty: String,
    /// Everything that has been on the screen.
    screen: String,
}

impl Person {
    fn new(home: &Home, args: &[&str]) -> Self {
        let covenant = home.command(args);
        let mut command = Command::new("sh");
        command.args(["-c", SHELL]).arg(binary());
        command.args(covenant.get_args()).current_dir(home.0.path());
        for (name, value) in covenant.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut session = spawn_command(command, Some(120_000)).expect("there is a terminal");
        let tty = session.read_line().expect("the terminal has a name").trim().to_owned();
        Self { session, tty, screen: String::new() }
    }

    /// Waits for a question.
    fn asked(&mut self, question: &str) {
        let before = self.session.exp_string(question).expect("it asks");
        self.screen.push_str(&before);
        self.screen.push_str(question);
    }

    /// Types an answer once the terminal does not show what is typed.
    fn types_unseen(&mut self, answer: &str) {
        let hidden = || {
            let output = Command::new("sh").args(["-c", "stty -a < \"$0\"", &self.tty]).output();
            text(&output.expect("stty is there").stdout).contains("-echo ")
        };
        assert!((0..10_000).any(|_| hidden()), "what is typed would be seen");
        self.session.send_line(answer).expect("the terminal takes it");
    }

    /// Waits for the end; the exit code, and what was on the screen.
    fn leaves(mut self) -> (i32, String) {
        self.asked("exit code: ");
        let code = self.session.exp_char('.').expect("it is a number");
        let left = self.screen.lines().rev().nth(1).unwrap_or_default();
        assert_eq!(left.trim(), "echo", "the terminal is left as it was: {}", self.screen);
        (code.parse().expect("it is a number"), self.screen)
    }
}

#[test]
fn a_new_password_is_asked_for_twice_and_not_seen() {
    let home = Home::new();
    let mut person = Person::new(&home, &["new", "typed"]);
    person.asked("New password for typed: ");
    person.types_unseen(PASSWORD);
    person.asked("The same again: ");
    person.types_unseen(PASSWORD);
    let (code, screen) = person.leaves();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("typed  0x"), "{screen}");
    assert!(!screen.contains(PASSWORD), "{screen}");
    // It is the password that was typed.
    home.unlocked(&["check", "--account", "typed", "--chain-id", "1"]);
}

#[test]
fn two_passwords_that_differ_make_nothing() {
    let home = Home::new();
    let mut person = Person::new(&home, &["new", "typed"]);
    person.asked("New password for typed: ");
    person.types_unseen(PASSWORD);
    person.asked("The same again: ");
    person.types_unseen("correct horse batterz");
    let (code, screen) = person.leaves();
    assert_eq!(code, 6, "{screen}");
    assert!(screen.contains("the two passwords differ; nothing was written"), "{screen}");
    assert!(home.listed().is_empty());
}

#[test]
fn a_typed_key_is_not_seen() {
    let home = Home::new();
    let mut person = Person::new(&home, &["import", "typed", "--password-file", "password"]);
    person.asked("Private key: ");
    person.types_unseen(KEY);
    let (code, screen) = person.leaves();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains(&format!("typed  {ADDRESS}")), "{screen}");
    assert!(!screen.contains(&KEY[2..]), "{screen}");
}

#[test]
fn ctrl_c_ends_a_question_and_leaves_the_terminal_as_it_was() {
    let home = Home::new();
    home.keystore("quick.json", QUICK);
    let args = ["check", "--keystore", "quick.json", "--chain-id", "1"];
    let mut person = Person::new(&home, &args);
    person.asked("Password of quick.json: ");
    person.types_unseen("\u{3}");
    let (code, screen) = person.leaves();
    assert_eq!(code, 130, "{screen}");
}

#[test]
fn a_key_goes_only_when_its_name_is_typed() {
    let home = Home::new();
    home.keystore("keys/keystores/ops", QUICK);
    set_mode(&home.path("keys"), 0o700);
    set_mode(&home.path("keys/keystores"), 0o700);
    for (answer, code) in [("opps", 6), ("ops", 0)] {
        let mut person = Person::new(&home, &["remove", "ops"]);
        person.asked(&format!("The key of {ADDRESS} is deleted for good. Type `ops` to go on: "));
        person.session.send_line(answer).expect("the terminal takes it");
        let (found, screen) = person.leaves();
        assert_eq!(found, code, "{screen}");
        // This terminal does show what is typed where nothing is done against it.
        assert!(screen.contains(&format!("on: {answer}")), "{screen}");
    }
}
