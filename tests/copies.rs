//! Copies of one text inside a story: cut and edited ones are, what only looks alike is not.

#![allow(clippy::unwrap_used)]

use khabar::group::{Boilerplate, GroupOptions, group};
use khabar::similarity::{Edge, Graph};
use khabar::story::{CopyRule, Partition, copy_families_by_text};
use khabar::{Article, Published};

fn article(id: &str, day: Option<i64>, title: &str, text: &str) -> Article {
    let published =
        day.map(|day| Published { seconds: day * 86_400, original: format!("day {day}") });
    Article {
        id: id.into(),
        title: title.into(),
        text: text.into(),
        published,
        ..Article::default()
    }
}

/// Families of articles that are one story in which all are near one another.
fn families(articles: &[Article]) -> Vec<Option<u32>> {
    let n = articles.len() as u32;
    let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
    let edges = pairs.map(|(a, b)| Edge { a, b, cosine: 0.7, score: 0.7 }).collect();
    let graph = Graph::from_edges(articles.len(), edges, 0.1);
    let stories = Partition::from_labels(&vec![0; articles.len()]);
    let refs: Vec<&Article> = articles.iter().collect();
    let texts: Vec<&str> = articles.iter().map(|a| a.text.as_str()).collect();
    copy_families_by_text(&graph, &stories, &refs, &texts, &CopyRule::default())
}

fn are_copies(a: &Article, b: &Article) -> bool {
    let found = families(&[a.clone(), b.clone()]);
    assert_eq!(found, families(&[b.clone(), a.clone()]), "either order");
    found[0].is_some()
}

const WIRE: &str = "Forty-two miners were brought to the surface on Tuesday after three nights below \
    ground, the provincial rescue office said. A section of the main gallery had fallen on Saturday \
    evening and cut them off from the lift. Rescuers drilled a shaft as wide as a man's shoulders \
    and lowered water and blankets before they began to pull the men out one by one.\n\
    The mine belongs to a cooperative of four villages, and it has no second exit. The governor said \
    that work there would stop until one had been built. Two men were taken to hospital with broken \
    ribs, and the others were sent home to their families the same night.";

#[test]
fn a_wire_text_that_is_cut_edited_or_given_another_headline_is_a_copy() {
    let whole = article("1", Some(0), "Forty-two miners rescued", WIRE);
    let first_half = WIRE.split('\n').next().unwrap();
    let cut = article("2", Some(1), "All miners safe after three nights", first_half);
    let edited = WIRE
        .replace("Forty-two miners", "As many as 42 miners")
        .replace("the provincial rescue office said", "officials said")
        .replace("Rescuers drilled", "Rescue teams from the capital drilled")
        .replace("The governor said that", "According to the governor,");
    let edited = article("3", Some(0), "Drama in the mine ends well", &edited);
    assert!(are_copies(&whole, &cut));
    assert!(are_copies(&whole, &edited));
    assert_eq!(families(&[whole, cut, edited]), [Some(0); 3]);
}

#[test]
fn an_arabic_and_a_vietnamese_copy_are_found_without_dates_and_sources() {
    let arabic = "أنقذت فرق الدفاع المدني اثنين وأربعين عاملا حوصروا ثلاث ليال داخل منجم للفحم شمال \
        البلاد بعد انهيار جزء من الممر الرئيسي مساء السبت. وحفر المنقذون بئرا ضيقة أنزلوا منها الماء \
        والأغطية قبل أن يبدأوا إخراج الرجال واحدا بعد آخر. وقال محافظ الإقليم إن العمل في المنجم لن \
        يستأنف قبل بناء مخرج ثان.";
    let edited = "أنقذت فرق الدفاع المدني 42 عاملا حوصروا ثلاث ليالٍ داخل منجم للفحم شمال البلاد بعد \
        إنهيار جزء من الممر الرئيسي مساء السبت الماضي. وحفر المنقذون بئرا ضيقة أنزلوا منها الماء \
        والاغطية قبل أن يبدأوا اخراج الرجال واحدا بعد آخر.";
    assert!(are_copies(&article("1", None, "", arabic), &article("2", None, "", edited)));
    let vietnamese = "Bốn mươi hai thợ mỏ đã được đưa lên mặt đất vào thứ Ba sau ba đêm mắc kẹt dưới \
        lòng đất, cơ quan cứu hộ tỉnh cho biết. Một đoạn của đường hầm chính bị sập tối thứ Bảy và \
        cắt đứt lối ra thang máy. Lực lượng cứu hộ đã khoan một giếng hẹp để đưa nước và chăn xuống.";
    let edited = vietnamese.replace("cơ quan cứu hộ tỉnh cho biết", "theo chính quyền địa phương");
    assert!(are_copies(&article("1", None, "", vietnamese), &article("2", None, "", &edited)));
}

#[test]
fn bulletins_of_two_days_are_no_copies() {
    let bulletin = |day: i64, index: &str, change: &str, volume: &str, best: &str, worst: &str| {
        let text = format!(
            "The main index of the port city exchange closed at {index} points, {change} from the \
             day before, in trade worth {volume} million crowns. Shares of {best} gained the most, \
             while those of {worst} lost the most."
        );
        article(&format!("{day}"), Some(day), "Market close", &text)
    };
    let monday = bulletin(0, "4,812.3", "up 21.7", "318", "Elm Cement", "the Harbour Bank");
    let tuesday = bulletin(1, "4,790.6", "down 21.4", "402", "North Dairy", "Blue Line Ferries");
    assert!(!are_copies(&monday, &tuesday));
    let weather = |day: i64, high: u32, low: u32, wind: u32, sky: &str| {
        let text = format!(
            "توقعت هيئة الأرصاد أن يكون الطقس غدا {sky} على السواحل، وأن تبلغ الحرارة العظمى {high} \
             درجة والصغرى {low} درجات، مع رياح سرعتها {wind} كيلومترا في الساعة."
        );
        article(&format!("w{day}"), Some(day), "حالة الطقس", &text)
    };
    let (a, b) = (weather(0, 31, 9, 25, "صحوا"), weather(2, 24, 7, 48, "غائما ممطرا"));
    assert!(!are_copies(&a, &b));
    // The same bulletin in another paper is a copy.
    let again = Article { id: "again".into(), ..monday.clone() };
    assert!(are_copies(&monday, &again));
}

#[test]
fn a_preview_and_a_report_of_one_match_are_no_copies() {
    let preview = "Harbour United meet Castle Rovers at the Quay Ground on Friday evening in the \
        final of the Northern Cup. Coach Sami Haddad has all his players fit, and goalkeeper Tomas \
        Reed is back after two months. Castle Rovers won the last final between the two.";
    let report = "Harbour United won the Northern Cup on Friday when they beat Castle Rovers 2-1 at \
        the Quay Ground. Goalkeeper Tomas Reed saved a penalty in the last minute, and coach Sami \
        Haddad wept on the bench. It is the club's first cup since it was founded.";
    let (a, b) = (
        article("1", Some(0), "Cup final on Friday", preview),
        article("2", Some(1), "Harbour win the cup", report),
    );
    assert!(!are_copies(&a, &b));
}

#[test]
fn an_item_that_stands_in_two_articles_does_not_make_them_copies() {
    let item = "Forty-two miners were brought to the surface on Tuesday after three nights below \
        ground, the provincial rescue office said, and two of them were taken to hospital.";
    let one = format!(
        "{item}\nThe cooperative that runs the mine was founded by four villages after the war. \
         Its accounts show years of losses, and its members voted twice against a second exit \
         because they could not pay for it, minutes of their meetings say. A bank in the capital \
         offered a loan last spring on terms the treasurer called shameful. Since then the price \
         of coal has fallen by a third, and half of the young people have left for the coast."
    );
    let other = format!(
        "{item}\nAnna Bell had waited at the gate since Saturday with a thermos and her husband's \
         coat. When the lift came up she did not know him at first, so black was his face, and \
         then the whole yard began to sing. Her sons had slept in the truck, on sacks, and the \
         younger had drawn a lift with a sun above it. He would not give the drawing to the \
         reporters. It was for his father, he said, and it was not finished yet."
    );
    let found = families(&[
        article("1", Some(0), "Miners rescued", item),
        article("2", Some(0), "The mine that could not pay", &one),
        article("3", Some(0), "At the gate", &other),
    ]);
    assert!(found[1].is_none() || found[1] != found[2], "{found:?}");
}

#[test]
fn headlines_that_share_most_words_are_copies_only_where_nearly_all_stand_in_their_order() {
    let title = |id: &str, title: &str| article(id, Some(0), title, "");
    let one = title("1", "Forty-two miners rescued after three nights below ground, governor says");
    let same = title("2", "Forty-two miners rescued after three nights below ground");
    let other = title("3", "Governor says miners below ground for three nights are rescued");
    assert!(are_copies(&one, &same));
    assert!(!are_copies(&one, &other));
}

#[test]
fn equal_articles_are_copies_however_short_and_footers_do_not_keep_copies_apart() {
    let short = |id: &str| article(id, Some(0), "Port closed", "");
    let found = group(&[short("1"), short("2")], &GroupOptions::default(), &|_| {}).unwrap();
    assert!(found.placements[0].copy_id.is_some());
    assert_eq!(found.placements[0].copy_id, found.placements[1].copy_id);

    // A short text under long footers of two outlets, each of which prints other news as well.
    let footer = |outlet: &str| match outlet {
        "Herald" => {
            "Follow the Herald on every network and sign up for the morning letter that \
             thirty thousand readers open each day before breakfast"
        }
        _ => {
            "The Post is written and owned by its readers, who pay a small fee each month so that \
             nobody else has to pay for it"
        }
    };
    let page = |id: String, outlet: &str, text: &str| Article {
        source: outlet.into(),
        ..article(&id, Some(0), "", &format!("{text}\n{}", footer(outlet)))
    };
    let wire =
        "The port was closed at noon after a crane fell on an empty ferry, and nobody was hurt.";
    let mut articles = vec![page("a".into(), "Herald", wire), page("b".into(), "Post", wire)];
    for (i, town) in ["Elm", "Ash", "Oak", "Fir", "Yew", "Box"].iter().enumerate() {
        for outlet in ["Herald", "Post"] {
            let text = format!(
                "{outlet} readers in {town} chose {i} gardens, pools and museums to visit in spring, \
                 and the first of them is the old {town} garden behind the mill, where {town} \
                 families have planted roses for longer than anybody in {town} remembers"
            );
            articles.push(page(format!("{town}-{outlet}"), outlet, &text));
        }
    }
    let copies = |boilerplate| {
        let options = GroupOptions { boilerplate, ..GroupOptions::default() };
        let found = group(&articles, &options, &|_| {}).unwrap();
        let [a, b] = [0, 1].map(|i| found.placements[i].copy_id);
        (a.is_some() && a == b, found.report.boilerplate.articles)
    };
    assert_eq!(copies(Boilerplate::Cut), (true, articles.len()));
    assert_eq!(copies(Boilerplate::Keep), (false, 0));
}
