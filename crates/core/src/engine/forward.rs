/// Writes the [`DraftStore`](crate::DraftStore) of a type that wraps an [`EngineStore`](crate::engine::EngineStore).
///
/// ```text
/// pub struct MyStore(EngineStore<MyEngine>);
/// chat_drafts_core::forward_store!(MyStore);
/// ```
#[macro_export]
macro_rules! forward_store {
    ($store:ty) => {
        #[$crate::engine::async_trait]
        impl $crate::DraftStore for $store {
            async fn get(&self, ids: &[$crate::ConversationId]) -> $crate::Result<Vec<Option<$crate::store::Record>>> {
                self.0.get(ids).await
            }

            async fn list(&self, query: &$crate::Query) -> $crate::Result<$crate::Page> {
                self.0.list(query).await
            }

            async fn commit(&self, batch: $crate::store::Batch) -> $crate::Result<$crate::store::Committed> {
                self.0.commit(batch).await
            }

            fn changes(&self) -> $crate::Changes {
                self.0.changes()
            }

            async fn maintain(&self, task: $crate::store::Task) -> $crate::Result<()> {
                self.0.maintain(task).await
            }

            async fn close(&self) -> $crate::Result<()> {
                self.0.close().await
            }

            fn commit_blocking(&self, batch: $crate::store::Batch) -> $crate::Result<$crate::store::Committed> {
                self.0.commit_blocking(batch)
            }

            fn groups(&self) -> $crate::store::Groups {
                self.0.groups()
            }
        }

        impl ::std::fmt::Debug for $store {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($store)).finish_non_exhaustive()
            }
        }
    };
}
