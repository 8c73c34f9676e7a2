//! A browser that clicks: headless Chromium, spoken to over the pipe of its debugging protocol.
//!
//! Its messages go over files 3 and 4, which a shell connects with two named pipes.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a page is looked at.
const LOOK: Duration = Duration::from_millis(30);

/// The names of the browser, as systems have it.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A browser with one page.
pub(crate) struct Browser {
    child: Child,
    commands: File,
    messages: Receiver<Value>,
    sent: u64,
    session: Option<String>,
    _folder: TempDir,
}

impl Browser {
    /// Starts one; `None`, said loudly, where there is none.
    pub(crate) fn start() -> Option<Self> {
        let is_there = |name: &&&str| Command::new(name).arg("--version").stdout(Stdio::null()).status().is_ok();
        let Some(name) = NAMES.iter().find(is_there).filter(|_| cfg!(unix)) else {
            #[expect(clippy::print_stderr, reason = "a test that checks nothing must say so")]
            {
                eprintln!("NOT CHECKED in a browser, since there is none: install `chromium`");
            }
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let [to, from, profile] = ["to", "from", "profile"].map(|name| folder.path().join(name));
        assert!(Command::new("mkfifo").arg(&to).arg(&from).status().unwrap().success());
        let arguments =
            "--headless --no-sandbox --disable-gpu --no-first-run --remote-debugging-pipe --window-size=1280,900";
        let script =
            format!("exec \"$0\" {arguments} --user-data-dir=\"$3\" about:blank 3<\"$1\" 4>\"$2\" 2>/dev/null");
        let child = Command::new("sh").arg("-c").arg(script).arg(name).args([&to, &from, &profile]).spawn().unwrap();
        let commands = OpenOptions::new().write(true).open(&to).unwrap();
        let answers = BufReader::new(File::open(&from).unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            for message in answers.split(0).map_while(Result::ok) {
                let Ok(message) = serde_json::from_slice(&message) else { return };
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut browser = Self { child, commands, messages, sent: 0, session: None, _folder: folder };
        let target = browser.ask("Target.createTarget", &json!({"url": "about:blank"}));
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.ask("Target.attachToTarget", &target);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        browser.ask("Page.enable", &json!({}));
        Some(browser)
    }

    /// Asks the browser for something that it must do.
    pub(crate) fn ask(&mut self, method: &str, parameters: &Value) -> Value {
        let answer = self.answer(method, parameters);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    fn answer(&mut self, method: &str, parameters: &Value) -> Value {
        self.sent += 1;
        let mut message = json!({"id": self.sent, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.commands.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let answer = self.messages.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no answer to {method}"));
            if answer["id"] == json!(self.sent) {
                return answer;
            }
        }
    }

    /// Opens an address.
    pub(crate) fn open(&mut self, address: &str) {
        self.ask("Page.navigate", &json!({"url": address}));
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    /// What an expression gives in the page.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let parameters = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.ask("Runtime.evaluate", &parameters);
        assert!(answer.get("exceptionDetails").is_none(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// What an expression gives in the page, as text.
    pub(crate) fn text(&mut self, expression: &str) -> String {
        let value = self.value(expression);
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }

    /// Waits until something holds in the page, and the page is there as a whole.
    pub(crate) fn wait(&mut self, condition: &str) {
        // A page that is just being left, or not there yet, throws.
        let held = format!(
            "(() => {{ try {{ return document.readyState === 'complete' && Boolean({condition}); }} catch {{ return false; }} }})()"
        );
        let parameters = json!({"expression": held, "returnByValue": true});
        for _ in 0..PATIENCE.as_millis() / LOOK.as_millis() {
            if self.answer("Runtime.evaluate", &parameters)["result"]["result"]["value"] == json!(true) {
                return;
            }
            std::thread::sleep(LOOK);
        }
        panic!("{condition} never held on {}", self.text("document.body.innerText"));
    }

    /// Clicks with the mouse on the middle of the first element that fits.
    pub(crate) fn click(&mut self, selector: &str) {
        self.wait(&format!("document.querySelector({selector:?})"));
        let place = self.value(&format!(
            "(() => {{ const one = document.querySelector({selector:?}); one.scrollIntoView({{block: 'center'}}); \
             const box = one.getClientRects()[0]; return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let event =
                json!({"type": kind, "x": place[0], "y": place[1], "button": "left", "buttons": 1, "clickCount": 1});
            self.ask("Input.dispatchMouseEvent", &event);
        }
    }

    /// Types into what has the focus.
    pub(crate) fn type_text(&mut self, text: &str) {
        self.ask("Input.insertText", &json!({"text": text}));
    }

    /// Presses a key.
    pub(crate) fn press(&mut self, key: &str, code: u32) {
        for kind in ["keyDown", "keyUp"] {
            let text = if key == "Enter" && kind == "keyDown" { "\r" } else { "" };
            let event = json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text});
            self.ask("Input.dispatchKeyEvent", &event);
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
