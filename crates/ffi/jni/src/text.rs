//! Texts out of Java, as UTF-16 to the last unit: a NUL and a surrogate that stands alone arrive as they are.

use chat_drafts_session::Text;
use jni::Env;
use jni::errors::Result;
use jni::objects::{JCharArray, JObjectArray};

pub(crate) fn text(env: &Env, chars: &JCharArray) -> Result<Text> {
    if chars.is_null() {
        return Ok(Text::None);
    }
    let mut units = vec![0; chars.len(env)?];
    chars.get_region(env, 0, &mut units)?;
    Ok(Text::utf16(Some(&units)))
}

pub(crate) fn texts<'local>(
    env: &mut Env<'local>,
    lines: &JObjectArray<'local, JCharArray<'local>>,
) -> Result<Vec<Text>> {
    (0..lines.len(env)?)
        .map(|index| {
            let chars = lines.get_element(env, index)?;
            let line = text(env, &chars);
            env.delete_local_ref(chars);
            line
        })
        .collect()
}
