//! Where the bytes of files are kept: a folder beside the database, or a bucket that speaks S3. Names of objects are
//! random; nothing about a file can be told from where it lies.

use std::fmt;
use std::path::{Path as Folder, PathBuf, absolute};
use std::sync::Arc;

use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload};
use rand::Rng;
use secrecy::{ExposeSecret, SecretString};
use tokio_util::bytes::Bytes;

/// What is gathered before it is sent on. S3 takes no smaller part but the last.
const PART: usize = 5 * 1024 * 1024;

/// Why bytes cannot be had or kept.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// There is nothing of this name.
    #[error("the bytes of a file are not there")]
    NotFound,
    /// The place cannot be used.
    #[error("the place for files cannot be used")]
    Unavailable(#[source] object_store::Error),
}

impl From<object_store::Error> for FilesError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::NotFound,
            other => Self::Unavailable(other),
        }
    }
}

/// A bucket that speaks S3.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Where it is, for others than Amazon's.
    pub endpoint: Option<String>,
    /// The region.
    pub region: String,
    /// Whose it is; none for what the machine itself may use.
    pub access_key: Option<String>,
    /// The secret that goes with it.
    pub secret_key: Option<SecretString>,
}

/// The bytes of a file as they come.
pub type Pieces = BoxStream<'static, Result<Bytes, FilesError>>;

/// The place.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    root: Path,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Files({})", self.store)
    }
}

impl Files {
    /// A folder, made when the first file comes.
    pub fn in_folder(folder: &Folder) -> Result<Self, FilesError> {
        let whole: PathBuf = absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let root = Path::from_absolute_path(whole).map_err(object_store::Error::from)?;
        Ok(Self { store: Arc::new(LocalFileSystem::new()), root })
    }

    /// A bucket.
    pub fn in_bucket(bucket: &Bucket) -> Result<Self, FilesError> {
        let mut builder = AmazonS3Builder::new().with_bucket_name(&bucket.name).with_region(&bucket.region);
        // One object at a time, which everything that calls itself S3 understands.
        builder = builder.with_disable_bulk_delete(true);
        if let Some(endpoint) = &bucket.endpoint {
            // Only the test bench of somebody's own machine speaks plain HTTP.
            builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
        }
        if let (Some(access), Some(secret)) = (&bucket.access_key, &bucket.secret_key) {
            builder = builder.with_access_key_id(access).with_secret_access_key(secret.expose_secret());
        }
        Ok(Self { store: Arc::new(builder.build()?), root: Path::default() })
    }

    /// A name for a new object, which nobody can guess.
    pub fn new_key() -> String {
        let mut bytes = [0_u8; 20];
        rand::rng().fill_bytes(&mut bytes);
        let name = hex::encode(bytes);
        // In folders, as some file systems are slow with very full ones.
        format!("{}/{name}", &name[..2])
    }

    fn path(&self, key: &str) -> Path {
        key.split('/').fold(self.root.clone(), Path::join)
    }

    /// Begins to write an object. Nothing can be read of it before it is finished.
    pub fn write(&self, key: &str) -> Writing {
        Writing { store: Arc::clone(&self.store), path: self.path(key), waiting: Vec::new(), begun: None }
    }

    /// Reads an object, piece by piece.
    pub async fn read(&self, key: &str) -> Result<Pieces, FilesError> {
        Ok(self.store.get(&self.path(key)).await?.into_stream().map_err(FilesError::from).boxed())
    }

    /// Reads an object whole.
    pub async fn read_whole(&self, key: &str) -> Result<Bytes, FilesError> {
        Ok(self.store.get(&self.path(key)).await?.bytes().await?)
    }

    /// Removes an object; one that is not there is removed already.
    pub async fn remove(&self, key: &str) -> Result<(), FilesError> {
        match self.store.delete(&self.path(key)).await.map_err(FilesError::from) {
            Ok(()) | Err(FilesError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// An object being written. Dropped before its end, it never was.
pub struct Writing {
    store: Arc<dyn ObjectStore>,
    path: Path,
    waiting: Vec<u8>,
    begun: Option<Box<dyn MultipartUpload>>,
}

impl Writing {
    /// Adds a piece.
    pub async fn add(&mut self, piece: &[u8]) -> Result<(), FilesError> {
        self.waiting.extend_from_slice(piece);
        if self.waiting.len() >= PART {
            let part = std::mem::take(&mut self.waiting);
            let begun = match &mut self.begun {
                Some(begun) => begun,
                none => none.insert(self.store.put_multipart(&self.path).await?),
            };
            begun.put_part(part.into()).await?;
        }
        Ok(())
    }

    /// Makes it whole.
    pub async fn finish(mut self) -> Result<(), FilesError> {
        let rest = PutPayload::from(std::mem::take(&mut self.waiting));
        match &mut self.begun {
            None => {
                self.store.put(&self.path, rest).await?;
            }
            Some(begun) => {
                if rest.content_length() > 0 {
                    begun.put_part(rest).await?;
                }
                begun.complete().await?;
            }
        }
        Ok(())
    }

    /// Gives it up.
    pub async fn abandon(mut self) {
        if let Some(begun) = &mut self.begun
            && let Err(error) = begun.abort().await
        {
            tracing::warn!(%error, "the parts of a file that was given up could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_kept_is_read_again_and_what_was_given_up_never_was() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::in_folder(&folder.path().join("with a space/files")).unwrap();
        for size in [1, PART - 1, PART, 2 * PART + 17] {
            let (key, content) = (Files::new_key(), vec![7_u8; size]);
            let mut writing = files.write(&key);
            for piece in content.chunks(PART / 3 + 1) {
                writing.add(piece).await.unwrap();
            }
            assert!(matches!(files.read_whole(&key).await, Err(FilesError::NotFound)), "not before its end");
            writing.finish().await.unwrap();
            assert_eq!(files.read_whole(&key).await.unwrap().len(), size);
            let pieces: Vec<Bytes> = files.read(&key).await.unwrap().try_collect().await.unwrap();
            assert_eq!(pieces.concat(), content);
            for _ in 0..2 {
                files.remove(&key).await.unwrap();
            }
            assert!(matches!(files.read_whole(&key).await, Err(FilesError::NotFound)));
        }
        let key = Files::new_key();
        let mut writing = files.write(&key);
        writing.add(&vec![1; PART]).await.unwrap();
        writing.abandon().await;
        assert!(matches!(files.read_whole(&key).await, Err(FilesError::NotFound)));
    }
}
