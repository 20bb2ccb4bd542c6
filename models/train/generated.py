"""Passages made by substitution, in English and Chinese side by side: rules and contracts, tables and reports, mail and notes.

A family is one template with its facts. Its members differ in what a question names (a year, a version, a model number, a
person, a place, a rule turned round), so each member is a near miss of the others. `make(kind, part, rng)` gives members:
`{"family", "en", "zh", "questions": [{"en", "zh"}]}`. The part `held` is for measuring and `train` for training; they share no
template, no name and no product.
"""

PEOPLE = {
    "held": [("Lena Hartmann", "莉娜·哈特曼"), ("Zhang Wei", "张伟"), ("Omar Haddad", "奥马尔·哈达德"), ("Lin Mei", "林梅"), ("Julia Novak", "尤利娅·诺瓦克"),
             ("Chen Fang", "陈芳"), ("Peter Olsen", "彼得·奥尔森"), ("Liu Hong", "刘红"), ("Ana Silva", "安娜·席尔瓦"), ("Wang Jun", "王军")],
    "train": [("Tom Becker", "汤姆·贝克尔"), ("Zhao Yan", "赵燕"), ("Nadia Rossi", "娜迪娅·罗西"), ("Huang Lei", "黄磊"), ("Erik Dahl", "埃里克·达尔"),
              ("Xu Jing", "徐静"), ("Marie Dubois", "玛丽·杜布瓦"), ("Sun Qiang", "孙强"), ("Ivan Petrov", "伊万·彼得罗夫"), ("Zhou Min", "周敏"),
              ("Sara Lindqvist", "萨拉·林奎斯特"), ("Guo Tao", "郭涛")],
}
PLACES = {
    "held": [("Hamburg", "汉堡"), ("Chengdu", "成都"), ("Oslo", "奥斯陆"), ("Xiamen", "厦门"), ("Lyon", "里昂"), ("Harbin", "哈尔滨"), ("Porto", "波尔图"), ("Suzhou", "苏州")],
    "train": [("Leeds", "利兹"), ("Kunming", "昆明"), ("Turin", "都灵"), ("Dalian", "大连"), ("Ghent", "根特"), ("Changsha", "长沙"), ("Bergen", "卑尔根"),
              ("Nanning", "南宁"), ("Seville", "塞维利亚"), ("Qingdao", "青岛")],
}
PRODUCTS = {
    "held": [("pump", "水泵", "QX"), ("dryer", "烘干机", "TR"), ("scanner", "扫描仪", "VM"), ("drill", "钻机", "HB")],
    "train": [("boiler", "锅炉", "KL"), ("printer", "打印机", "PS"), ("sensor", "传感器", "ND"), ("lathe", "车床", "GW"), ("camera", "相机", "FZ"), ("freezer", "冷柜", "CR")],
}
YEARS = [2015, 2016, 2017, 2018, 2019, 2021, 2022, 2023, 2024]


def several(values, count, rng):
    return rng.sample(values, min(count, len(values)))


def member(family, en, zh, *questions):
    return {"family": family, "en": en, "zh": zh, "questions": [{"en": a, "zh": b} for a, b in questions]}


# Rules and contracts.


def travel(people, places, products, rng):
    for (en, zh), year in zip(several(places, 8, rng), rng.choices(YEARS, k=8)):
        hotel, days, meal = rng.randrange(70, 190, 5), rng.randrange(10, 60, 5), rng.randrange(20, 60)
        yield member("travel",
            f"Travel rules of the {en} office, in force since {year}. Hotel bills are refunded up to {hotel} euros a night. Meals are refunded up to {meal} euros a day "
            f"against a receipt. Claims are handed in within {days} days after the journey; later claims are not paid.",
            f"{zh}办事处差旅规定，{year}年起施行。住宿费每晚最高报销{hotel}欧元，餐费凭收据每天最高报销{meal}欧元。返程后{days}天内提交报销申请，逾期不予支付。",
            (f"How much may a night in a hotel cost for staff from {en}?", f"{zh}的员工住宾馆一晚最多能报多少钱？"),
            (f"How long after a trip can people in {en} still ask for their money back?", f"{zh}的人出差回来后多久之内还能报账？"))


def lending(people, places, products, rng):
    for (en, zh), days in zip(several(places, 8, rng), several(range(5, 40), 8, rng)):
        home = rng.random() < 0.5
        fee = rng.randrange(1, 9)
        yield member("lending",
            f"Lending rules of the {en} tool library. Power tools {'may be taken home' if home else 'may not leave the building; hand tools may be taken home'}. "
            f"The loan runs for {days} days. Each day of delay costs {fee} euros. Broken parts are reported, not repaired by the borrower.",
            f"{zh}工具图书馆借用规则。电动工具{'可以带回家使用' if home else '不得带出本馆，手工工具可以带回家'}。借期为{days}天，每逾期一天收费{fee}欧元。零件损坏应当报告，借用人不得自行修理。",
            (f"Am I allowed to carry an electric saw home from the {en} tool library?", f"我能把{zh}工具图书馆的电锯拿回家吗？"),
            (f"What does it cost to bring a tool back late in {en}?", f"在{zh}晚还工具要交多少钱？"))


def lease(people, places, products, rng):
    for (en, zh), (pen, pzh) in zip(several(people, 8, rng), rng.choices(places, k=8)):
        months, rent, deposit = rng.randrange(1, 7), rng.randrange(400, 1500, 10), rng.randrange(1, 4)
        yield member("lease",
            f"Lease between {en} (tenant) and the housing society of {pen}. The monthly rent is {rent} euros, due on the third working day. The deposit amounts to {deposit} "
            f"monthly rents. Either side may end the contract with {months} months' notice to the end of a quarter. Subletting needs written consent.",
            f"租赁合同，承租人：{zh}，出租人：{pzh}住房合作社。月租金{rent}欧元，于每月第三个工作日前支付。押金为{deposit}个月租金。任何一方可提前{months}个月通知，于季度末解除合同。转租须经书面同意。",
            (f"How far in advance must {en} give notice before moving out?", f"{zh}要退租得提前多久说？"),
            (f"What does {en} pay for the flat every month?", f"{zh}每个月的房租是多少？"))


def warranty(people, places, products, rng):
    for en, zh, code in products:
        for number in several(range(100, 900, 20), 3, rng):
            years, hours = rng.randrange(1, 8), rng.randrange(500, 9000, 250)
            yield member("warranty",
                f"Warranty terms, {en} {code}-{number}. The maker answers for defects of material during {years} years or {hours} hours of running, whichever comes first. "
                f"Seals and filters are excluded. Opening the housing ends the warranty.",
                f"{zh}{code}-{number}保修条款。制造商对材料缺陷承担{years}年或{hours}小时运行时间的保修责任，以先到者为准。密封件和滤芯不在保修范围内。擅自打开外壳，保修即告终止。",
                (f"For how many years is the {code}-{number} covered if the material fails?", f"{code}-{number}材料出问题，几年内管修？"))


def leave(people, places, products, rng):
    for (en, zh), year in zip(several(places, 10, rng), rng.choices(YEARS, k=10)):
        days, carry = rng.randrange(22, 36), rng.randrange(2, 12)
        allowed = rng.random() < 0.5
        yield member("leave",
            f"Works agreement on holidays, {en} plant, {year}. Every employee has {days} working days of annual leave. Up to {carry} days may be carried into the next year. "
            f"Leave {'can' if allowed else 'cannot'} be taken in half days.",
            f"{zh}工厂{year}年休假协议。每名员工每年享有{days}个工作日的年假，最多可将{carry}天结转至下一年度。年假{'可以' if allowed else '不可以'}按半天休。",
            (f"How many days off does somebody at the {en} plant get in a year?", f"在{zh}工厂上班一年能休几天假？"),
            (f"Can workers in {en} take just an afternoon off as holiday?", f"{zh}的工人可以只请半天年假吗？"))


def parking(people, places, products, rng):
    for (en, zh), zone in zip(several(places, 10, rng), "ABCDEFGHIJ"):
        begin, price = rng.randrange(6, 11), rng.randrange(1, 7)
        dogs = rng.random() < 0.5
        yield member("parking",
            f"By-law on the town park of {en}. Zone {zone} is open from {begin}:00 until dusk. Dogs are {'allowed on a lead' if dogs else 'not allowed, not even on a lead'}. "
            f"Parking in front of the gate costs {price} euros an hour; residents park free of charge.",
            f"{zh}市公园管理办法。{zone}区每天{begin}时开放，黄昏关闭。{'狗可以牵绳入内' if dogs else '禁止携狗入内，牵绳也不行'}。大门前停车每小时{price}欧元，本地居民免费停车。",
            (f"May I walk my dog in the park of {en}?", f"能带狗去{zh}的公园散步吗？"),
            (f"What does a visitor pay to leave the car at the park in {en}?", f"外地人在{zh}公园门口停车怎么收费？"))


# Tables and reports.


def table(head, rows):
    line = lambda cells: "| " + " | ".join(str(c) for c in cells) + " |"
    return "\n".join([line(head), line(["---"] * len(head)), *map(line, rows)])


REGIONS = [("North", "北区"), ("South", "南区"), ("East", "东区"), ("West", "西区")]


def sales(people, places, products, rng):
    for en, zh, code in products:
        for year in several(YEARS, 3, rng):
            numbers = [[rng.randrange(100, 9900) / 10 for _ in range(4)] for _ in REGIONS]
            place = rng.randrange(4)
            yield member("sales",
                f"Table 3. Sales of the {en} division {code} in {year}, millions of euros\n" + table(["Region", "Q1", "Q2", "Q3", "Q4"], [[r[0], *n] for r, n in zip(REGIONS, numbers)]),
                f"表3 {code}{zh}事业部{year}年销售额（百万欧元）\n" + table(["地区", "第一季度", "第二季度", "第三季度", "第四季度"], [[r[1], *n] for r, n in zip(REGIONS, numbers)]),
                (f"How much did the {en} division {code} turn over in the {REGIONS[place][0].lower()} in the last three months of {year}?",
                 f"{code}{zh}事业部{year}年最后三个月在{REGIONS[place][1]}卖了多少？"))


def stock(people, places, products, rng):
    for place, zhp in several(places, 8, rng):
        rows = [(f"{code}-{rng.randrange(100, 999)}", en, zh, rng.randrange(0, 400), rng.randrange(20, 900)) for en, zh, code in several(products, 4, rng)]
        pick = rng.choice(rows)
        yield member("stock",
            f"Stock list, {place} warehouse\n" + table(["Item", "Kind", "Pieces", "Price in euros"], [(r[0], r[1], r[3], r[4]) for r in rows]),
            f"{zhp}仓库库存清单\n" + table(["货号", "类别", "数量", "单价（欧元）"], [(r[0], r[2], r[3], r[4]) for r in rows]),
            (f"How many of the {pick[0]} are left in {place}?", f"{zhp}还剩多少件{pick[0]}？"),
            (f"What is the price of a {pick[1]} at the {place} warehouse?", f"{zhp}仓库的{pick[2]}一台多少钱？"))


def staff(people, places, products, rng):
    for place, zhp in several(places, 8, rng):
        year = rng.choice(YEARS)
        total, women, left = rng.randrange(80, 900), rng.randrange(20, 60), rng.randrange(3, 70)
        yield member("staff",
            f"Annual report {year}, {place} site, staff. At the end of the year {total} people worked here, {women} per cent of them women. {left} left during the year, most of "
            f"them to retire. Days lost to accidents fell to {left // 2 + 1}. The canteen was rebuilt.",
            f"{year}年度报告，{zhp}基地，人员。年末在岗{total}人，其中女性占{women}%。全年离职{left}人，多为退休。因工伤损失的工作日降至{left // 2 + 1}天。食堂完成改建。",
            (f"How large was the workforce in {place} at the end of {year}?", f"{year}年底{zhp}有多少员工？"),
            (f"What share of the employees in {place} is female?", f"{zhp}的女员工占多大比例？"))


def readings(people, places, products, rng):
    for place, zhp in several(places, 10, rng):
        year = rng.choice(YEARS)
        rows = [(m, rng.randrange(-60, 300) / 10, rng.randrange(5, 220)) for m in (1, 4, 7, 10)]
        months = {1: "January", 4: "April", 7: "July", 10: "October"}
        pick = rng.choice(rows)
        yield member("readings",
            f"Weather station {place}, {year}\n" + table(["Month", "Mean temperature in °C", "Rain in mm"], [(months[m], t, r) for m, t, r in rows]),
            f"{zhp}气象站，{year}年\n" + table(["月份", "平均气温（°C）", "降水量（毫米）"], [(f"{m}月", t, r) for m, t, r in rows]),
            (f"How warm was it on average in {place} in {months[pick[0]]} {year}?", f"{year}年{pick[0]}月{zhp}平均多少度？"),
            (f"How much did it rain in {place} in {months[pick[0]]}?", f"{zhp}{pick[0]}月下了多少雨？"))


def prices(people, places, products, rng):
    for en, zh, code in products:
        for year in several(YEARS, 2, rng):
            rows = [(f"{code}-{n}", rng.randrange(50, 900), rng.randrange(2, 60)) for n in several(range(100, 900, 10), 4, rng)]
            pick = rng.choice(rows)
            yield member("prices",
                f"Price list {year}, {en}\n" + table(["Model", "Price in euros", "Weight in kg"], rows), f"{year}年{zh}价目表\n" + table(["型号", "价格（欧元）", "重量（公斤）"], rows),
                (f"How heavy is the {pick[0]}?", f"{pick[0]}有多重？"), (f"What did the {pick[0]} cost in {year}?", f"{pick[0]}在{year}年卖多少钱？"))


# Mail and notes.


def draft(people, places, products, rng):
    for (en, zh), (pen, pzh) in zip(several(people, 10, rng), rng.choices(places, k=10)):
        other, zhother = rng.choice([p for p in people if p[0] != en])
        day, month, pages = rng.randrange(1, 28), rng.randrange(1, 13), rng.randrange(4, 60)
        months = "January February March April May June July August September October November December".split()
        yield member("draft",
            f"From: {en}\nTo: {other}\nSubject: Brochure for {pen}\n\nHi, attached is the draft of the brochure, {pages} pages. Please send me your changes by {day} {months[month - 1]}, "
            f"the printer needs the file the week after. The photographs of the harbour are missing, I will ask the archive again.\nBest, {en.split()[0]}",
            f"发件人：{zh}\n收件人：{zhother}\n主题：{pzh}宣传册\n\n你好，附件是宣传册草稿，共{pages}页。请在{month}月{day}日前把修改意见发给我，下一周就要交印刷厂。港口的照片还缺，我再去问问档案室。\n祝好，{zh}",
            (f"By when does {en} want comments on the brochure for {pen}?", f"{zh}要大家哪天之前对{pzh}的册子提意见？"),
            (f"Which pictures are still lacking in the booklet about {pen}?", f"关于{pzh}的小册子还差什么图片？"))


def meeting(people, places, products, rng):
    for en, zh, code in products:
        for version in several(["1.2", "1.4", "2.0", "2.1", "3.3"], 3, rng):
            who, zhwho = rng.choice(people)
            weeks, budget = rng.randrange(2, 9), rng.randrange(5, 90)
            yield member("meeting",
                f"Minutes, {code} {en} firmware {version}. {who} reports that the release slips by {weeks} weeks because the supplier changed the chip. Agreed: {budget} thousand euros more for "
                f"tests; the old menu stays. Open: who writes the manual.",
                f"会议纪要：{code}{zh}固件{version}。{zhwho}报告说，由于供应商更换芯片，发布推迟{weeks}周。决定：测试经费增加{budget}千欧元，旧菜单保留。待定：说明书由谁来写。",
                (f"Why is version {version} of the {code} software late?", f"{code}软件{version}版为什么拖延了？"),
                (f"How much extra money did the {code} {version} meeting grant for testing?", f"{code} {version}会议批了多少钱追加测试？"))


def order(people, places, products, rng):
    for (en, zh), (kind, zhkind, code) in zip(several(people, 10, rng), rng.choices(products, k=10)):
        number, pieces, day = rng.randrange(10000, 99999), rng.randrange(2, 40), rng.randrange(1, 28)
        paid = rng.random() < 0.5
        yield member("order",
            f"From: {en}\nSubject: Order {number}\n\nDear all, our order {number} over {pieces} {kind}s of the type {code} arrives on the {day}th by lorry. The invoice is "
            f"{'paid already' if paid else 'not paid yet, please hold it until the goods are checked'}. Somebody has to be at the ramp at seven.",
            f"发件人：{zh}\n主题：订单{number}\n\n各位好，我们的{number}号订单（{pieces}台{code}型{zhkind}）将于{day}日用卡车送到。发票{'已经付清' if paid else '尚未付款，请等验货后再付'}。早上七点要有人在卸货台。",
            (f"Has the bill for order {number} been settled?", f"{number}号订单的账付了没有？"), (f"When will {en}'s {kind}s be delivered?", f"{zh}订的{zhkind}哪天送来？"))


def diary(people, places, products, rng):
    for (en, zh), (pen, pzh) in zip(several(people, 10, rng), several(places, 10, rng)):
        price, track, hour = rng.randrange(20, 190), rng.randrange(1, 22), rng.randrange(6, 21)
        seat = rng.random() < 0.5
        yield member("diary",
            f"Note for {en}: train to {pen} leaves at {hour}:12 from platform {track}, {price} euros, {'no seat reserved' if not seat else 'seat reserved by the window'}. Hand the key to the neighbour. "
            f"Bring the blue folder and the adapter. Doctor's appointment moved to Thursday.",
            f"给{zh}的便条：去{pzh}的火车{hour}:12从{track}站台开，票价{price}欧元，{'没有订座' if not seat else '订了靠窗座位'}。把钥匙交给邻居。带上蓝色文件夹和转换插头。看医生的时间改到周四。",
            (f"From which platform does the train to {pen} go?", f"去{pzh}的车在几号站台上？"), (f"Does {en} have a place reserved on the train?", f"{zh}坐火车有座位吗？"))


def complaint(people, places, products, rng):
    for en, zh, code in products:
        for number in several(range(100, 900, 30), 3, rng):
            who, zhwho = rng.choice(people)
            weeks = rng.randrange(1, 9)
            yield member("complaint",
                f"From: {who}\nSubject: {code}-{number} out of order\n\nGood morning, the {en} {code}-{number} that you delivered {weeks} weeks ago makes a grinding noise and stops after ten minutes. "
                f"I do not want a refund, only a new one. Please collect the old one.",
                f"发件人：{zhwho}\n主题：{code}-{number}故障\n\n早上好，你们{weeks}周前送来的{zh}{code}-{number}发出摩擦声，十分钟后就停机。我不要退款，只要换一台新的。请把旧的取走。",
                (f"What is wrong with the customer's {code}-{number}?", f"客户的{code}-{number}出了什么毛病？"),
                (f"Does the buyer of the {code}-{number} ask for the money back?", f"买{code}-{number}的人要求退钱吗？"))


FAMILIES = {
    "rules": {"held": [travel, lending, lease, warranty], "train": [leave, parking]},
    "tables": {"held": [sales, stock, staff], "train": [readings, prices]},
    "mail": {"held": [draft, meeting, order], "train": [diary, complaint]},
}


def make(kind, part, rng, rounds=1):
    """Members of every family of a kind. More rounds draw other numbers and pairings, and so more near misses."""
    out = []
    for family in FAMILIES[kind][part]:
        for _ in range(rounds):
            out += family(PEOPLE[part], PLACES[part], PRODUCTS[part], rng)
    return out
