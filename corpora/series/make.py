#!/usr/bin/env python3
"""Writes series.jsonl: bulletins that come every day, as two or three outlets print them.

A story is one instalment (one bulletin of one day). Instalments of one series look more alike
than two outlets' accounts of one day: only numbers, days and a few words tell them apart. All
templates were written for this project; numbers come from a seeded generator.

Some instalments are printed again the next morning: a day apart does not make two stories.

    python3 corpora/series/make.py corpora/series
"""

import datetime
import json
import pathlib
import random
import sys

SEED = 20240311
DAYS = 5
REPRINTED = 0.3
START = datetime.date(2024, 3, 11)
AR_DAY = ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"]
EN_DAY = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
FR_DAY = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
ES_DAY = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"]


class Facts(dict):
    """One day's figures: what a template asks for and was not drawn yet is drawn.

    {n12_40} is a whole number from 12 to 40, {d5_9} one with two decimals, {w:a/b/c} one of
    three wordings; a name after = keeps a figure: {n12_40=high} and later {high}.
    """

    def __init__(self, rng, day, weekdays):
        super().__init__()
        self.rng = rng
        self["day"] = weekdays[day.weekday()]
        self["tomorrow"] = weekdays[(day.weekday() + 1) % 7]
        self["date"] = f"{day.day}"
        self["no"] = f"{(day - START).days + 17}"

    def __missing__(self, key):
        what, _, name = key.partition("=")
        if name and name in self:
            return self[name]
        if what.startswith("w:"):
            value = self.rng.choice(what[2:].split("/"))
        else:
            low, high = (float(x) for x in what[1:].split("_"))
            value = f"{self.rng.randint(int(low), int(high))}" if what[0] == "n" else f"{self.rng.uniform(low, high):.2f}"
        if name:
            self[name] = value
        return value


# Each series: name, language, and for each outlet its title and text.
SERIES = [
    ("weather-gulf", "ar", [
        ("الأرصاد: طقس {w:حار/معتدل/غائم جزئيا/مغبر=sky} غدا {tomorrow}",
         "توقعت إدارة الأرصاد الجوية أن يكون الطقس غدا {tomorrow} {sky} على معظم المناطق، مع رياح {w:شمالية غربية/جنوبية شرقية/متقلبة الاتجاه=wind} سرعتها بين {n8_15=w1} و{n22_45=w2} كيلومترا في الساعة. وتبلغ الحرارة العظمى {n27_44=high} درجة مئوية والصغرى {n13_25=low} درجة، ويكون ارتفاع الموج بين {n1_3} و{n4_7} أقدام، فيما تصل الرطوبة إلى {n30_90} في المئة. ودعت الإدارة مرتادي البحر إلى متابعة النشرات."),
        ("{sky}.. حالة الطقس المتوقعة ليوم {tomorrow}",
         "قال الراصد الجوي المناوب إن البلاد تتأثر {tomorrow} بأجواء {sky} ورياح {wind} تصل سرعتها إلى {w2} كيلومترا في الساعة، مبينا أن درجة الحرارة العظمى المتوقعة {high} والصغرى {low}."),
        ("درجات الحرارة المتوقعة غدا {tomorrow}",
         "فيما يلي درجات الحرارة المتوقعة غدا {tomorrow}: العظمى {high} والصغرى {low}. الرياح {wind} من {w1} إلى {w2} كيلومترا في الساعة. الطقس {sky}."),
    ]),
    ("weather-north", "ar", [
        ("{w:أمطار متفرقة/أجواء باردة/ضباب كثيف/انفراج في الحالة الجوية/رياح قوية=sky} في المرتفعات {day}",
         "يسود {day} طقس تميزه {sky} في المرتفعات والسهول الشمالية، وفق النشرة الصادرة عن المركز الوطني للرصد. وتتراوح الحرارة بين {n2_9=low} درجات في الجبال و{n12_22=high} على الساحل، وتبلغ كمية الأمطار المنتظرة {n1_35=mm} ميليمترا. وينصح المركز السائقين بالحذر على الطرق الجبلية."),
        ("نشرة {day}: {sky}",
         "أفاد المركز الوطني للرصد في نشرته ليوم {day} بأن {sky} ستهم المرتفعات، وأن مقاييس الأمطار قد تبلغ {mm} ميليمترا، بينما تنزل الحرارة إلى {low} درجات ليلا وتصل إلى {high} نهارا على الشريط الساحلي."),
    ]),
    ("bourse-ar", "ar", [
        ("بورصة المدينة تغلق {w:على ارتفاع/على تراجع/مستقرة=move} في ختام تعاملات {day}",
         "أغلقت بورصة المدينة تعاملات {day} {move} بنسبة {d0_2=pct} في المئة ليستقر المؤشر العام عند {n5100_5990=idx} نقطة. وبلغت قيمة التداول {n120_480=val} مليون وعدد الأسهم المتداولة {n60_210} مليون سهم في {n3100_9900=deals} صفقة. وقاد القطاع {w:المصرفي/العقاري/الصناعي/الخدمي=sector} حركة السوق، وارتفعت أسهم {n20_60} شركة وانخفضت أسهم {n20_60}."),
        ("المؤشر العام عند {idx} نقطة مع إغلاق {day}",
         "أنهى المؤشر العام جلسة {day} {move} ({pct} في المئة) عند {idx} نقطة بعد تداولات بقيمة {val} مليون نفذت من خلال {deals} صفقة، وكان القطاع {sector} الأكثر نشاطا."),
    ]),
    ("currency-ar", "ar", [
        ("أسعار العملات والذهب اليوم {day}",
         "سجل الدولار اليوم {day} في السوق الموازية {n1480_1560=buy} للشراء و{n1561_1640=sell} للبيع، واليورو {n1590_1720} للشراء، والجنيه الإسترليني {n1850_1990}. وبلغ غرام الذهب عيار 21 نحو {n71000_79500=gold} وعيار 24 نحو {n81000_90500}، فيما سجلت الأونصة عالميا {n2020_2190=oz} دولارا."),
        ("الدولار عند {sell} والذهب عند {gold}",
         "استقر سعر بيع الدولار {day} عند {sell} مقابل {buy} للشراء بحسب متعاملين، وبلغ سعر غرام الذهب عيار 21 {gold} بعد أن سجلت الأونصة {oz} دولارا."),
    ]),
    ("vegetables-ar", "ar", [
        ("أسعار الخضار والفواكه في السوق المركزي {day}",
         "ورد إلى السوق المركزي {day} {n2900_5200=tons} طن من الخضار والفواكه. وبيع كيلو البندورة بسعر {n20_60=tom} قرشا والخيار {n25_75=cuc} والبطاطا {n25_55} والليمون {n50_110} والموز {n60_120}. وقالت إدارة السوق إن الكميات {w:كافية/أقل من المعتاد/أعلى من المعتاد=enough}."),
        ("{tons} طن من الخضار ترد السوق المركزي",
         "بلغت واردات السوق المركزي من الخضار والفواكه {day} {tons} طن، وتراوح سعر كيلو البندورة حول {tom} قرشا والخيار حول {cuc} قرشا، والكميات {enough}."),
    ]),
    ("dam-ar", "ar", [
        ("مخزون السدود يبلغ {n31_49=pct} في المئة صباح {day}",
         "أعلنت سلطة المياه أن مخزون السدود الرئيسة بلغ صباح {day} {d90_140=vol} مليون متر مكعب أي {pct} في المئة من طاقتها، بعد أن دخلها خلال الساعات الأربع والعشرين الماضية {n100_900=in} ألف متر مكعب. وسجل السد الكبير {d20_40} مليونا وسد الوادي {d5_15} ملايين."),
        ("سلطة المياه: {in} ألف متر مكعب دخلت السدود",
         "قالت سلطة المياه {day} إن {in} ألف متر مكعب دخلت السدود خلال يوم ليصل التخزين إلى {vol} مليون متر مكعب بنسبة {pct} في المئة."),
    ]),
    ("relief-ar", "ar", [
        ("وصول طائرة المساعدات رقم {no} إلى مطار المدينة",
         "وصلت إلى مطار المدينة {day} طائرة المساعدات رقم {no} وعلى متنها {n18_60=t} طنا من {w:المواد الغذائية/الخيام/المستلزمات الطبية/الأغطية=load}، ضمن الجسر الجوي لإغاثة المتضررين. وقال المشرف على الفريق إن الحمولة ستوزع على {n900_6000=fam} أسرة."),
        ("الطائرة الإغاثية {no} تحمل {t} طنا",
         "ضمن الجسر الجوي حطت {day} الطائرة الإغاثية {no} محملة بـ{t} طنا من {load} تكفي {fam} أسرة، بحسب المشرف على فريق الإغاثة."),
    ]),
    ("visa-ar", "ar", [
        ("وصول {n310000_990000=total} معتمر حتى {day}",
         "بلغ عدد المعتمرين القادمين حتى {day} {total} معتمرا، منهم {n200000_700000} عن طريق الجو و{n20000_90000} برا و{n900_9000} بحرا، وفق النشرة اليومية. وغادر {n100000_290000=left} معتمرا بعد أداء المناسك، وما زال الباقون موزعين على المدينتين."),
        ("النشرة اليومية: {total} معتمر",
         "ذكرت النشرة اليومية الصادرة {day} أن {total} معتمرا وصلوا منذ بدء الموسم وأن {left} منهم غادروا إلى بلدانهم."),
    ]),
    ("flu-ar", "ar", [
        ("الصحة تسجل {n40_400=new} إصابة جديدة بالإنفلونزا",
         "أعلنت وزارة الصحة {day} تسجيل {new} إصابة جديدة بالإنفلونزا الموسمية و{n1_9=dead} وفيات خلال الساعات الأربع والعشرين الماضية، ليرتفع عدد من أدخلوا المستشفيات إلى {n500_1900=in}. وتماثل {n100_600} مصابا للشفاء. ودعت الوزارة إلى أخذ اللقاح."),
        ("{new} إصابة و{dead} وفيات بالإنفلونزا {day}",
         "سجلت وزارة الصحة {day} {new} إصابة بالإنفلونزا و{dead} وفيات، وبلغ عدد المنومين في المستشفيات {in}."),
    ]),
    ("prayer-ar", "ar", [
        ("إمساكية {day} {date} من الشهر",
         "مواقيت الصلاة ليوم {day} {date}: الفجر الرابعة و{n10_59=f} دقيقة، الظهر الثانية عشرة و{n10_25} دقيقة، العصر الثالثة و{n20_45} دقيقة، المغرب الخامسة و{n30_58=m} دقيقة، العشاء السابعة و{n1_25} دقيقة، بتوقيت العاصمة."),
        ("الإفطار {day} في الخامسة و{m} دقيقة",
         "يحين موعد الإفطار في العاصمة {day} {date} عند الخامسة و{m} دقيقة، وأذان الفجر عند الرابعة و{f} دقيقة."),
    ]),
    ("power-ar", "ar", [
        ("برنامج قطع التيار ليوم {tomorrow}",
         "تعلن شركة الكهرباء أنها ستقطع التيار غدا {tomorrow} من الساعة {n7_9=from} إلى الساعة {n13_17=to} عن أحياء {w:الزهراء والمنصور/الروضة والنخيل/الكرامة والميناء/السلام والبساتين=where} لأعمال الصيانة في محطة التحويل رقم {n11_98=st}. وتعتذر الشركة من المشتركين."),
        ("صيانة المحطة {st} تقطع الكهرباء {tomorrow}",
         "تنقطع الكهرباء {tomorrow} بين الساعة {from} والساعة {to} عن أحياء {where} بسبب صيانة محطة التحويل {st}، بحسب الشركة."),
    ]),
    ("weather-en", "en", [
        ("{w:Sunny spells/Heavy showers/Morning fog/Strong winds/Light drizzle=sky} for the coast on {tomorrow}",
         "Forecasters expect {sky} along the coast on {tomorrow}, with highs of {n8_21=high}C and lows of {n1_7=low}C overnight. Winds from the {w:west/north-east/south=dir} will reach {n15_60=mph} mph on exposed headlands, and up to {n0_28} mm of rain may fall. The chance of thunder is {n5_60} per cent, the weather office said."),
        ("Weather: {sky}, {high}C",
         "{tomorrow} brings {sky} with temperatures of {high}C by the afternoon, falling to {low}C at night. Gusts of {mph} mph from the {dir} are possible."),
        ("Tomorrow's weather",
         "Outlook for {tomorrow}: {sky}. Maximum {high}C, minimum {low}C, wind {dir} {mph} mph."),
    ]),
    ("close-en", "en", [
        ("Shares close {w:higher/lower/flat=move} on {day} as {w:banks/miners/oil firms/retailers=who} lead",
         "The main index closed {move} on {day}, moving {d0_2=pct} per cent to {n7100_7990=idx} points as {who} set the tone. Some {n410_990=vol} million shares changed hands. The mid-cap index ended at {n18100_19900}, the pound bought {d1_1} dollars and Brent crude settled at {d76_92=oil} dollars a barrel."),
        ("Index ends {day} at {idx}",
         "{who} moved the index {pct} per cent on {day}; it ended {move} at {idx} points on volume of {vol} million shares. Brent stood at {oil} dollars."),
    ]),
    ("river-en", "en", [
        ("River at {d2_5=lev} metres on {day}",
         "The river stood at {lev} metres at the town bridge at 8 a.m. on {day}, {w:down/up=way} {n2_40=cm} centimetres in a day, the water authority said in its daily bulletin. Flow was {n110_690=flow} cubic metres a second. {n0_9} minor roads stay closed and {n1_5} pumps are running."),
        ("Water level {way} {cm} cm",
         "The daily bulletin of the water authority puts the level at the bridge at {lev} metres on {day}, {way} {cm} centimetres, with a flow of {flow} cubic metres a second."),
    ]),
    ("roads-en", "en", [
        ("Roadworks on {day}: {w:ring road/harbour tunnel/old bridge/station square=where}",
         "Drivers should expect delays at the {where} on {day}, when crews close {n1_3=lanes} lanes between {n6_9=from} a.m. and {n3_7=to} p.m. Bus lines {n2_19=bus} and {n20_48} will be diverted and journeys may take {n10_45=min} minutes longer, the council said."),
        ("{where} delays of {min} minutes",
         "{lanes} lanes at the {where} are closed on {day} from {from} a.m. to {to} p.m.; line {bus} is diverted. The council expects delays of {min} minutes."),
    ]),
    ("pollen-en", "en", [
        ("Pollen count {w:low/moderate/high/very high=lev} on {day}",
         "The pollen count on {day} is {lev} at {n20_290=cnt} grains a cubic metre, mostly {w:birch/ash/oak/grass=tree}. People with asthma were told to keep windows shut until {n9_12} a.m. and air quality stands at index {n2_9=aq}."),
        ("{tree} pollen at {cnt}",
         "{day}'s count of {cnt} grains, most of it {tree}, is {lev}. The air quality index is {aq}."),
    ]),
    ("lottery-en", "en", [
        ("Lottery: {day}'s winning numbers",
         "The winning numbers drawn on {day} were {n1_9=a}, {n10_19=b}, {n20_29=c}, {n30_39=d}, {n40_49=e} and the bonus ball {n1_49=f}. {n0_3} tickets matched all six and {n20_80=five} matched five. The next jackpot is an estimated {d3_15=jack} million."),
        ("{a}, {b}, {c}, {d}, {e}: the draw of {day}",
         "{day}'s draw brought {a}, {b}, {c}, {d}, {e} and bonus {f}. {five} tickets had five right; the jackpot rises to {jack} million."),
    ]),
    ("fish-en", "en", [
        ("Fish landings {day}: {n80_390=t} tonnes",
         "Boats landed {t} tonnes at the harbour on {day}. Cod fetched {d3_6=cod} a kilo, haddock {d2_4=had}, plaice {d1_3} and monkfish {d4_8}. {n6_30=boats} boats are due on {tomorrow}, the market office said."),
        ("Cod at {cod} on {day}",
         "At {day}'s auction cod made {cod} and haddock {had} a kilo, with {t} tonnes landed; {boats} boats are expected next."),
    ]),
    ("preview-en", "en", [
        ("{w:Harbour Town/Millfield/Eastgate/Crosby Vale=home} face {w:Northpool/Stanmere/Oldcastle/Redbrook=away} on {day}",
         "{home} host {away} on {day} evening with {n2_5=out} players out. They have {n11_44=pts} points after {n16_29} games and won {n1_5} of the last six; the visitors have lost {n1_5=lost} away games. Kick-off is at 7.{n10_45}."),
        ("{away} travel to {home}",
         "{away}, who lost {lost} away games, visit {home} on {day}. The hosts miss {out} players but hold {pts} points."),
    ]),
    ("meteo-fr", "fr", [
        ("Météo : {w:averses/grand soleil/brouillards/vent fort/ciel couvert=sky} pour {tomorrow}",
         "La journée de {tomorrow} sera marquée par {sky} sur la moitié sud, selon le bulletin du service météorologique. Les températures iront de {n1_9=low} à {n11_24=high} degrés, avec des rafales de {n30_90=kmh} km/h et jusqu'à {n0_30} mm de pluie. L'indice de confiance est de {n2_5} sur cinq."),
        ("{sky}, {high} degrés {tomorrow}",
         "Le bulletin prévoit pour {tomorrow} : {sky}, {low} degrés le matin, {high} l'après-midi, rafales à {kmh} km/h."),
    ]),
    ("bourse-fr", "fr", [
        ("La Bourse {w:progresse/recule/stagne=move} de {d0_2=pct} % {day}",
         "L'indice vedette {move} de {pct} % à {n7300_8190=idx} points {day} en clôture, dans un volume de {d2_5=vol} milliards d'euros. Les valeurs {w:du luxe/bancaires/automobiles/technologiques=who} ont donné le ton. L'euro valait {d1_1} dollar et le baril {d76_92=oil} dollars."),
        ("Clôture : {idx} points",
         "{day}, l'indice {move} de {pct} % et finit à {idx} points, pour {vol} milliards échangés ; les valeurs {who} ont pesé. Le baril s'établit à {oil} dollars."),
    ]),
    ("embalses-es", "es", [
        ("Los embalses, al {n31_69=pct} % este {day}",
         "Los embalses de la cuenca almacenan este {day} {n2100_4900=hm} hectómetros cúbicos, el {pct} % de su capacidad, {n2_60=dif} más que en la víspera, según el parte diario. Las lluvias dejaron {n1_40=mm} litros por metro cuadrado en la cabecera y el caudal fue de {n40_390} metros cúbicos por segundo."),
        ("La cuenca gana {dif} hectómetros",
         "El parte diario del {day} cifra la reserva en {hm} hectómetros cúbicos ({pct} %), {dif} más, tras lluvias de {mm} litros."),
    ]),
    ("gasolina-es", "es", [
        ("Precio de la gasolina hoy, {day}",
         "La gasolina cuesta este {day} de media {d1_2=gas} euros el litro y el gasóleo {d1_2=die}. La estación más barata la vende a {d1_1} y la más cara a {d2_2}. La luz se pagará a {d40_130=luz} euros el megavatio hora, con un máximo a las {n19_22} horas."),
        ("Gasolina a {gas} y luz a {luz}",
         "El litro de gasolina se vende el {day} a {gas} euros y el de gasóleo a {die}; el megavatio hora, a {luz}."),
    ]),
]
WEEKDAYS = {"ar": AR_DAY, "en": EN_DAY, "fr": FR_DAY, "es": ES_DAY}


def fill(template, facts):
    """Replaces every {…} of a template, from left to right."""
    out, rest = [], template
    while "{" in rest:
        before, _, rest = rest.partition("{")
        key, _, rest = rest.partition("}")
        out += [before, facts[key]]
    return "".join(out) + rest


def articles(rng, name, lang, outlets):
    """The rows of one series."""
    for i in range(DAYS):
        day = START + datetime.timedelta(days=i)
        facts = Facts(rng, day, WEEKDAYS[lang])
        # The first outlet draws the figures that the others repeat.
        texts = [(fill(title, facts), fill(text, facts)) for title, text in outlets]
        if rng.random() < REPRINTED:
            texts.append((texts[1][0], texts[0][1]))
        for k, (title, text) in enumerate(texts):
            outlet = "abcd"[k if k < len(outlets) else 3]
            hour = 30 if outlet == "d" else 6 + 2 * k + rng.randint(0, 1)
            time = datetime.datetime(day.year, day.month, day.day)
            time += datetime.timedelta(hours=hour, minutes=rng.randint(0, 59))
            yield {
                "id": f"{name}-{i + 1}{outlet}",
                "title": title[:1].upper() + title[1:],
                "text": text[:1].upper() + text[1:],
                "published": time.isoformat() + "Z",
                "source": f"{lang}-outlet-{outlet}",
                "lang": lang,
                "story": f"{name}-{day.isoformat()}",
            }


def main():
    folder = pathlib.Path(sys.argv[1])
    rng = random.Random(SEED)
    for script in ("arabic", "latin"):
        with open(folder / f"series-{script}.jsonl", "w", encoding="utf-8") as out:
            for name, lang, outlets in SERIES:
                if (lang == "ar") == (script == "arabic"):
                    for row in articles(rng, name, lang, outlets):
                        print(json.dumps(row, ensure_ascii=False), file=out)


if __name__ == "__main__":
    main()
