//! One line of JSON Lines to a draft, without a tree in between.
//!
//! A visitor walks the object once: values of known names are copied into the draft (only
//! their bytes, once), everything else is skipped unparsed. Nesting under unknown names
//! costs nothing and cannot exhaust the stack. About 1 GB of JSON a second and core where
//! texts are long.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::field::{FieldMap, Slot};
use super::record::{Draft, Problem, Raw};

/// The draft of one line, which must hold one object and nothing else.
pub(crate) fn parse_line(line: &str, fields: &FieldMap) -> Result<Draft, Problem> {
    let mut json = serde_json::Deserializer::from_str(line);
    Record(fields).deserialize(&mut json).and_then(|draft| json.end().map(|()| draft)).map_err(
        |e| match e.classify() {
            // Messages of this class quote the value, which may be a whole article.
            serde_json::error::Category::Data => Problem::new(
                "the line is no JSON object",
                "write one object a line: {\"text\": ...}",
            ),
            serde_json::error::Category::Eof => Problem::new(
                "the JSON ends in the middle of a record",
                "write each record on one line, line ends inside texts as \\n",
            ),
            _ => {
                let message = e.to_string();
                let reason = message.split(" at line ").next().unwrap_or_default();
                Problem::new(
                    format!("broken JSON at column {}: {reason}", e.column()),
                    "mend or remove the line",
                )
            }
        },
    )
}

struct Record<'a>(&'a FieldMap);

impl<'de> DeserializeSeed<'de> for Record<'_> {
    type Value = Draft;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Draft, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Record<'_> {
    type Value = Draft;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Draft, A::Error> {
        let mut draft = Draft::default();
        while let Some(slots) = map.next_key_seed(Key(self.0))? {
            if slots.is_empty() {
                map.next_value::<IgnoredAny>()?;
            } else {
                draft.set(slots, map.next_value_seed(Value)?, self.0.multi_label);
            }
        }
        Ok(draft)
    }
}

/// A key, looked up without being kept.
struct Key<'a>(&'a FieldMap);

impl<'de, 'a> DeserializeSeed<'de> for Key<'a> {
    type Value = &'a [Slot];

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'a [Slot], D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'_> for Key<'a> {
    type Value = &'a [Slot];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<&'a [Slot], E> {
        Ok(self.0.get(name))
    }
}

/// Any value of a known name.
struct Value;

impl<'de> DeserializeSeed<'de> for Value {
    type Value = Raw<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value {
    type Value = Raw<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Raw<'de>, E> {
        Ok(Raw::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw<'de>, E> {
        Ok(Raw::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Raw<'de>, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw<'de>, E> {
        Ok(Raw::Text(Cow::Borrowed(if value { "true" } else { "false" })))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw<'de>, E> {
        Ok(Raw::Text(Cow::Owned(value.to_string())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw<'de>, E> {
        Ok(Raw::Text(Cow::Owned(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw<'de>, E> {
        Ok(Raw::Text(Cow::Owned(value.to_string())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Item)? {
            items.extend(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Raw<'de>, A::Error> {
        name_of(map).map(Raw::Object)
    }
}

/// An element of a list: its words, or the name of an object; lists in lists are left out.
struct Item;

impl<'de> DeserializeSeed<'de> for Item {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(value.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        name_of(map)
    }
}

/// News services write labels and outlets as objects; the strongest of these names them.
const NAMES_INSIDE: [&str; 4] = ["label", "uri", "name", "title"];

fn name_of<'de, A: MapAccess<'de>>(mut map: A) -> Result<Option<String>, A::Error> {
    let mut best = None;
    while let Some(key) = map.next_key::<Cow<'_, str>>()? {
        let rank = NAMES_INSIDE.iter().position(|name| *name == key);
        match rank {
            // serde_json::Value would recurse; a name is a string or nothing.
            Some(rank) => {
                if let Raw::Text(text) = map.next_value_seed(Value)?
                    && best.as_ref().is_none_or(|(known, _)| rank < *known)
                {
                    best = Some((rank, text.into_owned()));
                }
            }
            None => {
                map.next_value::<IgnoredAny>()?;
            }
        }
    }
    Ok(best.map(|(_, name)| name))
}
