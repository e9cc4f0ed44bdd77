//! Files that are being written, so that an interrupted program can take them away.
//!
//! A dropped [`super::AtomicFile`] leaves nothing behind, but a signal drops nothing. Whoever
//! catches it calls [`discard_unfinished`] and ends the program.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Temporary files there are now.
#[derive(Debug, Clone, Default)]
struct Register(Arc<Mutex<Vec<PathBuf>>>);

/// All of this program.
static OPEN: std::sync::LazyLock<Register> = std::sync::LazyLock::new(Register::default);

/// An entry, as long as it lives.
#[derive(Debug)]
pub(super) struct Entry {
    register: Register,
    path: PathBuf,
}

impl Register {
    fn lock(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, path: PathBuf) -> Entry {
        self.lock().push(path.clone());
        Entry { register: self.clone(), path }
    }

    /// Removes the files; nothing can be entered or come to an end from now on.
    fn discard(&self) {
        let paths = self.lock();
        for path in paths.iter() {
            // Gone already, or beyond our reach: there is nobody left to tell.
            let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        }
        std::mem::forget(paths);
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.register.lock().retain(|path| *path != self.path);
    }
}

/// Notes a temporary file for as long as the entry lives.
pub(super) fn unfinished(path: PathBuf) -> Entry {
    OPEN.enter(path)
}

/// A folder for files that go again: with the value, or when the program is interrupted.
#[derive(Debug)]
pub struct Scratch {
    // Dropped first: as long as anything is left of it, it has its entry.
    folder: tempfile::TempDir,
    _entry: Entry,
}

impl Scratch {
    /// Makes the folder where the system keeps such.
    ///
    /// # Errors
    /// [`crate::Error::Io`] where it cannot be made.
    pub fn new() -> crate::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("khabar-")
            .tempdir()
            .map_err(|e| crate::Error::io(std::env::temp_dir(), e))?;
        let entry = unfinished(folder.path().to_path_buf());
        Ok(Self { folder, _entry: entry })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &std::path::Path {
        self.folder.path()
    }
}

/// Removes the temporary files of all [`super::AtomicFile`]s that are being written, and every
/// [`Scratch`].
///
/// For the last act of a program: from now on every thread that begins such a file or ends one
/// waits for ever. Files that are committed stay.
pub fn discard_unfinished() {
    OPEN.discard();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scratch_folder_goes_with_its_value() {
        let scratch = Scratch::new().unwrap();
        let path = scratch.path().to_path_buf();
        fs::write(path.join("part"), "خبر").unwrap();
        assert!(path.exists());
        drop(scratch);
        assert!(!path.exists());
    }

    #[test]
    fn what_is_unfinished_is_removed_and_what_is_done_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| {
            let path = folder.path().join(name);
            fs::write(&path, "خبر").unwrap();
            path
        };
        let register = Register::default();
        let (open, done, gone) = (file("open"), file("done"), file("gone"));
        let scratch = folder.path().join("scratch");
        fs::create_dir(&scratch).unwrap();
        fs::write(scratch.join("part"), "خبر").unwrap();
        let third = register.enter(scratch.clone());
        let entry = register.enter(open.clone());
        drop(register.enter(done.clone()));
        let other = register.enter(gone.clone());
        fs::remove_file(&gone).unwrap();
        register.discard();
        assert!(!open.exists() && !scratch.exists());
        assert!(done.exists());
        // Their end would wait for ever.
        std::mem::forget((entry, other, third));
    }
}
