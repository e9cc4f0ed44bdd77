//! A file that appears complete or not at all.
//!
//! Bytes go to a temporary file in the target's folder; [`AtomicFile::commit`] brings them to
//! the disk (fsync) and renames. Dropped before that, nothing has happened: whoever reads the
//! target sees the old file or the new one. Names that end in `.gz` or `.zst` are packed on
//! the way. Standard output and what is no regular file (a pipe, `/dev/null`) are written
//! directly. Memory: 64 KiB, and the packer's.
//!
//! ```
//! use std::io::Write;
//! use khabar::output::AtomicFile;
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("خبر.txt");
//! let mut file = AtomicFile::create(&path)?;
//! file.write_all("خبر".as_bytes())?;
//! assert!(!path.exists());
//! file.commit()?;
//! assert_eq!(std::fs::read_to_string(&path)?, "خبر");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use tempfile::NamedTempFile;

use super::unfinished::{Entry, unfinished};
use crate::{Error, Result};

/// A file being written; see the module.
pub struct AtomicFile {
    path: PathBuf,
    writer: Packer,
}

/// Where the bytes go in the end.
enum Raw {
    Temporary(NamedTempFile, Entry),
    Direct(File),
    Stdout(io::Stdout),
}

// One a file: its size does not matter.
#[allow(clippy::large_enum_variant)]
enum Packer {
    Plain(BufWriter<Raw>),
    Gzip(GzEncoder<BufWriter<Raw>>),
    Zstd(zstd::stream::write::Encoder<'static, BufWriter<Raw>>),
}

impl AtomicFile {
    /// Starts a file that will be at `path` once committed; `-` is standard output.
    ///
    /// A link is followed: the file it names is replaced. An existing file keeps its
    /// permissions, a new one gets the usual ones.
    ///
    /// # Errors
    /// [`Error::Io`] where the folder is missing or closed.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        if path.as_os_str() == "-" {
            return Ok(Self::stdout());
        }
        let open = || -> io::Result<(PathBuf, Raw)> {
            let known = fs::metadata(path).ok();
            if known.as_ref().is_some_and(fs::Metadata::is_dir) {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            if known.as_ref().is_some_and(|m| !m.is_file()) {
                let file = fs::OpenOptions::new().write(true).open(path)?;
                return Ok((path.to_path_buf(), Raw::Direct(file)));
            }
            let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
            let folder = target.parent().filter(|p| !p.as_os_str().is_empty());
            let mut builder = tempfile::Builder::new();
            builder.prefix(".khabar-");
            #[cfg(unix)]
            let permissions = {
                use std::os::unix::fs::PermissionsExt;
                // What open(2) would give: narrowed by the umask.
                builder.permissions(fs::Permissions::from_mode(0o666));
                known.map(|m| m.permissions())
            };
            #[cfg(not(unix))]
            let permissions: Option<fs::Permissions> = None;
            let file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
            if let Some(permissions) = permissions {
                // Not ours to change where another user owns the file: then the usual ones.
                let _ = file.as_file().set_permissions(permissions);
            }
            let entry = unfinished(file.path().to_path_buf());
            Ok((target, Raw::Temporary(file, entry)))
        };
        let (target, raw) = open().map_err(|e| Error::io(path, e))?;
        let name = path.to_string_lossy().to_ascii_lowercase();
        let buffer = BufWriter::with_capacity(1 << 16, raw);
        let writer = if name.ends_with(".gz") {
            Packer::Gzip(GzEncoder::new(buffer, flate2::Compression::default()))
        } else if name.ends_with(".zst") {
            let encoder = zstd::stream::write::Encoder::new(buffer, 3);
            Packer::Zstd(encoder.map_err(|e| Error::io(path, e))?)
        } else {
            Packer::Plain(buffer)
        };
        Ok(Self { path: target, writer })
    }

    /// Standard output: written directly, complete once committed.
    #[must_use]
    pub fn stdout() -> Self {
        let raw = Raw::Stdout(io::stdout());
        Self {
            path: PathBuf::from("stdout"),
            writer: Packer::Plain(BufWriter::with_capacity(1 << 16, raw)),
        }
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// [`Error::Io`] where the last bytes cannot be written or the file cannot be renamed;
    /// the target is then as it was before.
    pub fn commit(self) -> Result<()> {
        let Self { path, writer } = self;
        let finish = || -> io::Result<()> {
            let buffer = match writer {
                Packer::Plain(buffer) => buffer,
                Packer::Gzip(encoder) => encoder.finish()?,
                Packer::Zstd(encoder) => encoder.finish()?,
            };
            match buffer.into_inner().map_err(io::IntoInnerError::into_error)? {
                Raw::Stdout(mut stdout) => stdout.flush(),
                Raw::Direct(mut file) => file.flush(),
                Raw::Temporary(file, _entry) => {
                    file.as_file().sync_all()?;
                    file.persist(&path).map_err(|e| e.error)?;
                    // The name, too, should survive a power cut; not every system can.
                    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
                    if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
                        let _ = folder.sync_all();
                    }
                    Ok(())
                }
            }
        };
        finish().map_err(|e| Error::io(&path, e))
    }

    /// Where the bytes go, for messages.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl std::fmt::Debug for AtomicFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AtomicFile").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Packer::Plain(w) => w.write(bytes),
            Packer::Gzip(w) => w.write(bytes),
            Packer::Zstd(w) => w.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.writer {
            Packer::Plain(w) => w.flush(),
            Packer::Gzip(w) => w.flush(),
            Packer::Zstd(w) => w.flush(),
        }
    }
}

impl Write for Raw {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Raw::Temporary(file, _) => file.write(bytes),
            Raw::Direct(file) => file.write(bytes),
            Raw::Stdout(stdout) => stdout.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Raw::Temporary(file, _) => file.flush(),
            Raw::Direct(file) => file.flush(),
            Raw::Stdout(stdout) => stdout.flush(),
        }
    }
}

/// Whether the reader of our output has gone away (`khabar ... | head`): no error to report.
#[must_use]
pub fn is_closed_pipe(error: &Error) -> bool {
    matches!(error, Error::Io { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
}
