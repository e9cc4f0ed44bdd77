//! Label Studio's tasks with predictions, for a labelling setup such as
//!
//! ```text
//! <View>
//!   <Text name="text" value="$text"/>
//!   <Choices name="topic" toName="text" choice="multiple"> <Choice value="رياضة"/> ... </Choices>
//! </View>
//! ```

use serde_json::{Value, json};

use super::Suggestion;

/// A task, without what stands between tasks.
pub(super) fn task(suggestion: &Suggestion<'_>, model: &str) -> String {
    let labels: Vec<&str> = suggestion.labels.iter().map(|s| s.label).collect();
    let mut predictions = Vec::new();
    if !labels.is_empty() {
        predictions.push(json!({
            "model_version": model,
            "score": shortest(suggestion.best),
            "result": [{
                "from_name": "topic",
                "to_name": "text",
                "type": "choices",
                "value": {"choices": labels},
            }],
        }));
    }
    let mut data = json!({
        "id": suggestion.article.id,
        "title": suggestion.article.title,
        "text": suggestion.whole(),
        "decision": suggestion.decision(),
    });
    if let Some(reason) = suggestion.review {
        data["reason"] = reason.into();
    }
    json!({"data": data, "predictions": predictions}).to_string()
}

/// The shortest decimal that is this number.
pub(super) fn shortest(p: f32) -> Value {
    p.to_string().parse::<f64>().map_or(Value::Null, Value::from)
}
