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
/// # impl MyStore { fn open(_: &Path) -> Result<std::sync::Arc<dyn DraftStore>> { Err(chat_drafts_core::Error::NotFound) } }
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

/// Makes a test of each case in [`fault_cases`](crate::fault_cases), for an [`Engine`](chat_drafts_core::engine::Engine).
///
/// The closure gets a folder that is the test's own and gives the config of an engine that holds nothing yet.
///
/// ```text
/// chat_drafts_testkit::survives_faults!(MyEngine, |folder| folder.join("drafts.db"));
/// ```
#[macro_export]
macro_rules! survives_faults {
    ($engine:ty, $config:expr $(,)?) => {
        $crate::__for_each_fault_case!([$crate::__fault_tests], ($engine, $config));
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __fault_tests {
    (($engine:ty, $config:expr) $($module:ident: $cases:tt)*) => {
        $($crate::__fault_module! { ($engine, $config) $module $cases })*
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __fault_module {
    (($engine:ty, $config:expr) $module:ident [$($case:ident,)*]) => {
        mod $module {
            #[allow(unused_imports, reason = "for the expression")]
            use super::*;
            $(
                #[test]
                fn $case() {
                    $crate::__private::in_a_folder($config, $crate::fault_cases::$module::$case::<$engine>);
                }
            )*
        }
    };
}
