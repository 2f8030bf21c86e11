//! Tests out of cases.

/// Makes a test of each case in [`cases`](crate::cases), each with a new sandbox.
///
/// The expression gives a [`Sandbox`](crate::Sandbox) and is evaluated once a test, in a module below the one the macro
/// stands in. With a name in front the tests are in a module of that name, so that one file can test several stores.
///
/// ```no_run
/// # use chat_drafts_core::{DraftStore, Result};
/// # use std::path::Path;
/// # struct MyStore;
/// # impl MyStore { fn open(_: &Path) -> Result<std::sync::Arc<dyn DraftStore>> { unimplemented!() } }
/// use chat_drafts_testkit::FileSandbox;
///
/// chat_drafts_testkit::conformance!(my_store, FileSandbox::new("drafts.db", |path| MyStore::open(path)));
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! conformance {
    ($name:ident, $sandbox:expr $(,)?) => {
        mod $name {
            #[allow(unused_imports, reason = "for the expression")]
            use super::*;
            $crate::conformance!($sandbox);
        }
    };
    ($sandbox:expr $(,)?) => {
        $crate::__for_each_case!([$crate::__conformance_tests], ($sandbox));
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_tests {
    (($sandbox:expr) $($module:ident: $cases:tt)*) => {
        $($crate::__conformance_module! { ($sandbox) $module $cases })*
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_module {
    (($sandbox:expr) $module:ident [$($case:ident,)*]) => {
        mod $module {
            #[allow(unused_imports, reason = "for the expression")]
            use super::*;
            $(
                #[test]
                fn $case() {
                    let sandbox = $sandbox;
                    $crate::__private::block_on($crate::cases::$module::$case(&sandbox));
                }
            )*
        }
    };
}
