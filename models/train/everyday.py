"""Short notes of everyday life in both languages, for training: prose, lines of label and value, rows of a table.

A family has subjects (a car, a flat, a course) and facts about them. A member is one subject with drawn values; each fact has its
label, a formal sentence and questions as people ask them, in both languages. `lists` writes lists whose wrong passages are the
same note without the fact asked for, the same fact of another subject, and other notes; so what is missing is told from what
is there. No text, subject or template of it stands in `generated.py`.
"""

def span(low, high, step=1, en="{}", zh="{}"):
    """Values from a range, each as English and Chinese text."""
    return lambda rng: (lambda n: (en.format(n), zh.format(n)))(rng.randrange(low, high, step))


def of(*pairs):
    """Values from pairs of English and Chinese text."""
    return lambda rng: rng.choice(pairs)


def day(rng):
    months = "January February March April May June July August September October November December".split()
    month, date = rng.randrange(12), rng.randrange(1, 29)
    return f"{date} {months[month]}", f"{month + 1}月{date}日"


def hour(rng):
    h, m = rng.randrange(7, 21), rng.choice(["00", "15", "30", "45"])
    return f"{h}:{m}", f"{h}:{m}"


WEEK = of(("Monday", "周一"), ("Tuesday", "周二"), ("Wednesday", "周三"), ("Thursday", "周四"), ("Friday", "周五"), ("Saturday", "周六"), ("Sunday", "周日"))
NAMES = of(("Maria Keller", "玛丽亚·凯勒"), ("He Ping", "何平"), ("Tang Yu", "唐宇"), ("David Moore", "戴维·莫尔"), ("Feng Xia", "冯霞"), ("Paul Weber", "保罗·韦伯"),
           ("Deng Li", "邓丽"), ("Rosa Garcia", "罗莎·加西亚"), ("Cao Bin", "曹斌"), ("Emma Clark", "艾玛·克拉克"))
ROOMS = span(101, 520, 1, "room {}", "{}室")

# Family: (kind, subjects, opening sentence, facts). Fact: (label, values, sentence, questions); every text is (English, Chinese).
FAMILIES = [
    ("car", [("the blue Fiat", "蓝色菲亚特"), ("the van", "面包车"), ("the Toyota", "丰田车"), ("mother's Skoda", "妈妈的斯柯达"), ("the old Volvo", "旧沃尔沃"), ("the trailer", "拖车")],
     ("Notes about {s}.", "关于{s}的记录。"), [
        (("Tyre pressure", "轮胎气压"), span(19, 36, 1, "{}0 kPa", "{}0千帕"), ("The tyres of {s} take {v}.", "{s}的轮胎充气压力为{v}。"), (["How hard do I pump up the wheels of {s}?", "tyre pressure {s}"], ["{s}的轮子打多少气？", "{s}胎压多少"])),
        (("Oil", "机油"), of(("5W-30", "5W-30"), ("0W-20", "0W-20"), ("10W-40", "10W-40"), ("5W-40", "5W-40")), ("Only engine oil {v} may be filled in.", "只能加注{v}机油。"), (["Which oil goes into {s}?", "What do I top up the engine of {s} with?"], ["{s}该加啥机油？", "{s}加什么油"])),
        (("Inspection", "年检"), day, ("The next inspection is due on {v}.", "下次年检时间为{v}。"), (["When does {s} have to go to inspection?", "By when must {s} be checked again?"], ["{s}啥时候要年检？", "{s}什么时候该去检车了"])),
        (("Last service", "上次保养"), span(20, 190, 1, "{} thousand km", "{}千公里"), ("The timing belt was replaced at {v}.", "行驶至{v}时更换了正时皮带。"), (["At what mileage was the belt of {s} changed?"], ["{s}跑到多少公里换的皮带？", "{s}皮带啥时候换过"])),
        (("Spare key", "备用钥匙"), of(("in the drawer in the hall", "门厅抽屉里"), ("with the neighbour", "邻居那里"), ("in the cellar cupboard", "地下室柜子里"), ("at the office", "办公室")), ("The spare key is kept {v}.", "备用钥匙存放于{v}。"), (["Where is the second key of {s}?"], ["{s}的备用钥匙搁哪儿了？", "{s}另一把钥匙在哪"])),
        (("Insurance", "保险"), span(210, 990, 10, "{} euros a year", "每年{}欧元"), ("The premium of the insurance is {v}.", "保险费为{v}。"), (["What do we pay to insure {s}?"], ["{s}一年保险交多少钱？", "{s}的保险贵不贵，多少"]))]),
    ("instrument", [("the compass", "指南针"), ("the barometer", "气压计"), ("the sextant", "六分仪"), ("the binoculars", "双筒望远镜"), ("the altimeter", "高度表"), ("the theodolite", "经纬仪"), ("the microscope", "显微镜")],
     ("Instructions for {s}.", "{s}使用说明。"), [
        (("Error", "误差"), span(1, 9, 1, "{} degrees", "{}度"), ("Near iron {s} shows an error of up to {v}.", "靠近铁器时，{s}的误差可达{v}。"), (["How wrong can {s} be beside metal?", "How far off is {s} close to iron?"], ["{s}旁边有铁会差多少？", "{s}碰到金属会不准多少度"])),
        (("Storage", "存放"), of(("lying flat", "平放"), ("upright in its box", "直立放入盒中"), ("in a dry cloth bag", "装入干燥布袋"), ("away from magnets", "远离磁铁")), ("It has to be stored {v}.", "应{v}保存。"), (["How should {s} be put away?"], ["{s}不用时怎么放？", "{s}平时怎么收着"])),
        (("Cleaning", "清洁"), of(("with a dry brush", "用干刷子"), ("with alcohol and cotton", "用酒精棉"), ("with lukewarm water", "用温水"), ("with a soft leather", "用软皮")), ("The glass is cleaned {v}.", "镜面{v}擦拭。"), (["What do I wipe {s} with?"], ["{s}脏了用什么擦？", "{s}咋清洁"])),
        (("Adjustment", "校准"), span(2, 30, 1, "every {} months", "每{}个月"), ("An adjustment is needed {v}.", "须{v}校准一次。"), (["How often must {s} be adjusted?"], ["{s}多久校一次？", "{s}隔多长时间要调准"])),
        (("Lender", "出借人"), NAMES, ("It belongs to {v} and has to be given back.", "该物品归{v}所有，须归还。"), (["Whose is {s}?", "Who lent us {s}?"], ["{s}是谁的？", "{s}跟谁借的"]))]),
    ("flat", [("the flat in Linden Street", "椴树街的房子"), ("the holiday house", "度假屋"), ("the attic room", "阁楼房间"), ("the shop", "店面"), ("the office", "办公室"), ("the garage", "车库"), ("grandma's flat", "奶奶家")],
     ("What to know about {s}.", "{s}须知。"), [
        (("Wi-Fi", "无线网络密码"), span(10000, 99999, 7, "maple-{}", "maple-{}"), ("The password of the wireless network is {v}.", "无线网络口令为{v}。"), (["How do I get on the internet in {s}?", "wifi code {s}"], ["{s}的WiFi密码是啥？", "{s}上网密码多少"])),
        (("Waste", "垃圾"), WEEK, ("Residual waste is collected on {v}.", "其他垃圾于{v}清运。"), (["On which day do the bins go out at {s}?"], ["{s}哪天倒垃圾？", "{s}垃圾周几来收"])),
        (("Water", "水阀"), of(("behind the washing machine", "洗衣机后面"), ("under the sink", "水槽下面"), ("in the cellar on the left", "地下室左侧"), ("beside the front door", "大门旁边")), ("The main water valve is {v}.", "总水阀位于{v}。"), (["Where can I turn off the water in {s}?"], ["{s}漏水了去哪儿关水？", "{s}的水闸在哪"])),
        (("Heating", "供暖"), span(16, 24, 1, "{} degrees", "{}度"), ("At night the heating is lowered to {v}.", "夜间供暖温度降至{v}。"), (["How warm is {s} kept at night?"], ["{s}晚上暖气开多少度？", "{s}夜里多少度"])),
        (("Electricity", "电费"), span(30, 240, 5, "{} euros a month", "每月{}欧元"), ("Advance payments for electricity amount to {v}.", "电费预缴金额为{v}。"), (["What does the power cost at {s}?"], ["{s}电费一个月多少？", "{s}用电得交多少钱"])),
        (("Caretaker", "物业联系人"), NAMES, ("In case of damage {v} must be informed.", "如有损坏须通知{v}。"), (["Whom do I call when something breaks in {s}?"], ["{s}东西坏了找谁？", "{s}出毛病联系哪个"]))]),
    ("course", [("the pottery course", "陶艺课"), ("the swimming course", "游泳班"), ("the Spanish class", "西班牙语课"), ("the sewing circle", "缝纫小组"), ("the chess club", "象棋社"), ("the first-aid course", "急救培训"), ("the yoga class", "瑜伽课"), ("the drawing class", "素描课")],
     ("Information about {s}.", "{s}通知。"), [
        (("Fee", "费用"), span(15, 320, 5, "{} euros", "{}欧元"), ("The participation fee is {v}.", "参加费用为{v}。"), (["What does {s} cost?", "How much is {s}?"], ["{s}多少钱？", "报{s}要花多少"])),
        (("Begin", "时间"), hour, ("Participants meet at {v}.", "学员于{v}集合。"), (["When does {s} start?", "What time is {s}?"], ["{s}几点开始？", "{s}几点上课啊"])),
        (("Day", "日期"), WEEK, ("It takes place every {v}.", "每{v}举行。"), (["On what day is {s}?"], ["{s}星期几上？", "{s}是礼拜几"])),
        (("Place", "地点"), ROOMS, ("Instruction is given in {v}.", "授课地点为{v}。"), (["Where does {s} meet?"], ["{s}在哪儿上？", "{s}哪个教室"])),
        (("Bring", "自备物品"), of(("old clothes", "旧衣服"), ("a towel", "毛巾"), ("pencil and paper", "纸笔"), ("a packed lunch", "午饭"), ("indoor shoes", "室内鞋")), ("Participants are to bring {v}.", "学员须自带{v}。"), (["What do I need to take along to {s}?"], ["去{s}要带啥？", "{s}自己得带什么东西"])),
        (("Cancellation", "退课"), span(2, 22, 1, "{} days before the start", "开课前{}天"), ("Withdrawal is free of charge until {v}.", "{v}之前退课不收费。"), (["Until when can I pull out of {s} without paying?"], ["{s}不想上了啥时候退不扣钱？", "{s}最晚什么时候能退"]))]),
    ("doctor", [("the eye doctor", "眼科"), ("the dentist", "牙医"), ("the vet", "宠物医院"), ("the skin clinic", "皮肤科"), ("the hearing clinic", "听力门诊"), ("physiotherapy", "理疗")],
     ("Appointment at {s}.", "{s}预约。"), [
        (("Date", "日期"), day, ("The appointment was fixed for {v}.", "预约日期定为{v}。"), (["When do I have to go to {s}?"], ["啥时候去看{s}？", "{s}约的哪天"])),
        (("Preparation", "准备"), of(("an empty stomach", "空腹"), ("no contact lenses", "不戴隐形眼镜"), ("loose clothing", "宽松衣物"), ("the vaccination card", "疫苗本")), ("Required: {v}.", "就诊要求：{v}。"), (["What must I mind before the visit to {s}?"], ["去{s}之前要注意啥？", "看{s}要准备什么"])),
        (("Medicine", "用药"), of(("two drops in the evening", "每晚两滴"), ("one tablet after meals", "饭后一片"), ("the ointment twice a day", "每日两次药膏"), ("half a tablet in the morning", "早晨半片")), ("Prescription: {v}.", "医嘱：{v}。"), (["What was prescribed by {s}, and how much?"], ["{s}开的药怎么用？", "{s}的药一天吃几回"])),
        (("Bill", "诊金"), span(20, 480, 5, "{} euros", "{}欧元"), ("The invoice amounts to {v}.", "账单金额为{v}。"), (["What did {s} charge?"], ["看{s}花了多少钱？", "{s}收了多少"])),
        (("Waiting time", "候诊时间"), span(10, 90, 5, "{} minutes", "{}分钟"), ("Patients without an appointment wait about {v}.", "未预约者约须等候{v}。"), (["How long do I sit there at {s} if I just turn up?"], ["{s}不预约要等多久？", "直接去{s}得排多长时间"]))]),
    ("employment", [("the cleaning staff", "保洁员"), ("trainees", "实习生"), ("drivers", "司机"), ("night nurses", "夜班护士"), ("part-timers", "兼职员工"), ("shop assistants", "店员"), ("security guards", "保安")],
     ("Regulations for {s}.", "{s}管理规定。"), [
        (("Probation", "试用期"), span(1, 9, 1, "{} months", "{}个月"), ("The probationary period lasts {v}.", "试用期为{v}。"), (["How long are {s} on trial?"], ["{s}试用多久？", "当{s}几个月能转正"])),
        (("Overtime", "加班费"), span(110, 210, 10, "{} per cent of the hourly wage", "小时工资的{}%"), ("Overtime is remunerated at {v}.", "加班报酬按{v}计发。"), (["What do {s} get for extra hours?"], ["{s}加班给多少钱？", "{s}加班费咋算"])),
        (("Payday", "发薪日"), span(3, 28, 1, "day {} of the following month", "次月{}日"), ("Wages are transferred on {v}.", "劳动报酬于{v}转账支付。"), (["When do {s} get their money?"], ["{s}几号发工资？", "{s}工资啥时候到账"])),
        (("Sick leave", "病假"), span(1, 6, 1, "day {}", "第{}天"), ("A medical certificate must be submitted from {v} of absence.", "缺勤{v}起须提交医疗证明。"), (["When do {s} who are ill need a paper from the doctor?"], ["{s}生病几天要交假条？", "{s}请病假要不要医生开证明"])),
        (("Shoes", "着装"), of(("safety shoes", "安全鞋"), ("a white coat", "白大褂"), ("a yellow vest", "黄色背心"), ("a name badge", "胸牌")), ("During working hours {v} must be worn.", "工作时间须佩戴或穿着{v}。"), (["What do {s} have to wear?"], ["{s}上班要穿啥？", "{s}得戴什么"])),
        (("Meals", "餐补"), span(3, 19, 1, "{} euros a shift", "每班{}欧元"), ("The meal allowance is {v}.", "餐费补贴标准为{v}。"), (["How much do {s} get for food?"], ["{s}吃饭给补多少？", "{s}饭钱报多少"]))]),
    ("garden", [("tomatoes", "番茄"), ("roses", "玫瑰"), ("the apple tree", "苹果树"), ("strawberries", "草莓"), ("the lawn", "草坪"), ("lavender", "薰衣草"), ("courgettes", "西葫芦"), ("the hedge", "树篱")],
     ("Garden log: {s}.", "园艺记录：{s}。"), [
        (("Sown", "种植"), day, ("Planted or sown on {v}.", "种植日期：{v}。"), (["When did we plant {s}?"], ["{s}啥时候种的？", "{s}是哪天栽下去的"])),
        (("Water", "浇水"), span(1, 9, 1, "every {} days", "每{}天"), ("Watering takes place {v}.", "{v}浇水一次。"), (["How often do {s} need water?"], ["{s}多久浇一回？", "{s}几天浇一次水"])),
        (("Fertiliser", "肥料"), of(("compost", "堆肥"), ("bone meal", "骨粉"), ("nettle brew", "荨麻液"), ("potash", "钾肥")), ("Fed with {v}.", "施用{v}。"), (["What do we feed {s} with?"], ["{s}上啥肥？", "{s}用的什么肥料"])),
        (("Pest", "虫害"), of(("aphids", "蚜虫"), ("snails", "蜗牛"), ("mildew", "白粉病"), ("voles", "田鼠")), ("Damage by {v} was observed.", "发现{v}危害。"), (["What was eating or harming {s}?"], ["{s}长了啥虫？", "{s}得了什么病"])),
        (("Harvest", "收成"), span(2, 60, 1, "{} kilos", "{}公斤"), ("The yield of the season came to {v}.", "本季产量为{v}。"), (["How much did we get from {s}?"], ["{s}收了多少？", "{s}今年结了多少斤"]))]),
    ("appliance", [("the dishwasher", "洗碗机"), ("the rice cooker", "电饭煲"), ("the router", "路由器"), ("the washing machine", "洗衣机"), ("the air conditioner", "空调"), ("the hot plate", "电磁炉"), ("the projector", "投影仪"), ("the vacuum cleaner", "吸尘器")],
     ("Short manual of {s}.", "{s}简明手册。"), [
        (("Error code", "故障代码"), span(2, 40, 1, "E{}", "E{}"), ("Code {v} signals a blocked outlet.", "代码{v}表示出口堵塞。"), (["What does {s} show when the outlet is blocked?"], ["{s}堵了显示啥代码？", "{s}出口堵住报什么错"])),
        (("Filter", "滤网"), span(2, 14, 1, "every {} weeks", "每{}周"), ("The filter shall be cleaned {v}.", "滤网应{v}清洗。"), (["How often do I clean the filter of {s}?"], ["{s}滤网多久洗一次？", "{s}的网子隔多久要洗"])),
        (("Power", "功率"), span(400, 2400, 50, "{} watts", "{}瓦"), ("The rated power is {v}.", "额定功率为{v}。"), (["How much electricity does {s} draw?"], ["{s}多少瓦？", "{s}费不费电，功率多大"])),
        (("Reset", "复位"), of(("hold the power key for ten seconds", "长按电源键十秒"), ("pull the plug for a minute", "拔下插头一分钟"), ("press both arrows", "同时按两个箭头键"), ("turn the dial to zero", "将旋钮转到零位")), ("To restore the factory settings, {v}.", "恢复出厂设置：{v}。"), (["How can I reset {s}?"], ["{s}死机了怎么办？", "{s}怎么重置"])),
        (("Noise", "噪声"), span(30, 80, 1, "{} decibels", "{}分贝"), ("The noise level does not exceed {v}.", "噪声不超过{v}。"), (["How loud is {s}?"], ["{s}吵不吵？多少分贝", "{s}声音有多大"])),
        (("Bought", "购买日期"), day, ("Date of purchase: {v}.", "购买日期：{v}。"), (["When did we buy {s}?"], ["{s}哪天买的？", "{s}啥时候买的"]))]),
    ("journey", [("the trip to Vienna", "维也纳之行"), ("the ferry to Corsica", "去科西嘉的渡轮"), ("the flight to Seoul", "飞首尔的航班"), ("the hike in the Alps", "阿尔卑斯徒步"), ("the bus to Guilin", "去桂林的大巴"), ("the weekend in Prague", "布拉格周末游")],
     ("Plan for {s}.", "{s}计划。"), [
        (("Departure", "出发"), hour, ("Departure is at {v}.", "出发时间为{v}。"), (["When do we leave for {s}?", "What time does it go off, {s}?"], ["{s}几点走？", "{s}几点出发啊"])),
        (("Luggage", "行李"), span(7, 33, 1, "{} kilos", "{}公斤"), ("Luggage is limited to {v} a person.", "每人行李限重{v}。"), (["How much may I take along on {s}?"], ["{s}能带多重的行李？", "{s}行李限几公斤"])),
        (("Lodging", "住宿"), of(("a mountain hut", "山间小屋"), ("a cabin with two beds", "双人舱"), ("the youth hostel", "青年旅舍"), ("a guest house by the station", "车站旁的宾馆")), ("Accommodation is in {v}.", "住宿安排在{v}。"), (["Where do we sleep on {s}?"], ["{s}晚上住哪儿？", "{s}睡哪里"])),
        (("Booking", "订单号"), span(100000, 999999, 13, "{}", "{}"), ("The booking reference is {v}.", "预订编号为{v}。"), (["What is the number of the reservation for {s}?"], ["{s}的订单号是多少？", "{s}预订号发我"])),
        (("Price", "价格"), span(40, 900, 10, "{} euros each", "每人{}欧元"), ("The price comes to {v}.", "费用为{v}。"), (["How much is {s} per person?"], ["{s}一个人多少钱？", "{s}每人要出多少"]))]),
    ("recipe", [("pumpkin soup", "南瓜汤"), ("plum cake", "李子蛋糕"), ("dumplings", "饺子"), ("rye bread", "黑麦面包"), ("pickled cabbage", "酸白菜"), ("fish stew", "炖鱼"), ("rice pudding", "米布丁")],
     ("Recipe: {s}.", "食谱：{s}。"), [
        (("Oven", "火候"), span(120, 240, 10, "{} degrees", "{}度"), ("It is cooked or baked at {v}.", "烹制温度为{v}。"), (["How hot for {s}?"], ["做{s}要多少度？", "{s}火开多大"])),
        (("Time", "时长"), span(10, 120, 5, "{} minutes", "{}分钟"), ("It needs {v} on the fire.", "须加热{v}。"), (["How long does {s} take to cook?"], ["{s}要煮多久？", "{s}多长时间能好"])),
        (("Salt", "盐"), span(2, 30, 1, "{} grams", "{}克"), ("{v} of salt are added.", "加盐{v}。"), (["How salty do I make {s}?"], ["{s}放多少盐？", "{s}搁几克盐"])),
        (("Spice", "香料"), of(("nutmeg", "肉豆蔻"), ("star anise", "八角"), ("caraway", "葛缕子"), ("cinnamon", "肉桂"), ("ginger", "姜")), ("It is seasoned with {v}.", "以{v}调味。"), (["What spice goes into {s}?"], ["{s}放什么调料？", "{s}加啥香料"])),
        (("Keeps", "保存"), span(1, 14, 1, "{} days", "{}天"), ("In the refrigerator it keeps for {v}.", "冷藏可保存{v}。"), (["How long does {s} stay good?"], ["{s}能放几天？", "{s}搁冰箱多久会坏"]))]),
    ("club", [("the rowing club", "赛艇俱乐部"), ("the allotment society", "社区菜园协会"), ("the brass band", "铜管乐队"), ("the sports hall", "体育馆"), ("the toy library", "玩具馆"), ("the observatory", "天文台"), ("the ice rink", "溜冰场")],
     ("Statutes of {s}.", "{s}章程。"), [
        (("Fee", "会费"), span(10, 190, 5, "{} euros", "{}欧元"), ("The annual membership fee is {v}.", "年度会费为{v}。"), (["What does it cost to be in {s}?"], ["加入{s}一年交多少钱？", "{s}会费多少"])),
        (("Age", "年龄"), span(6, 19, 1, "{} years", "{}岁"), ("Persons under {v} are admitted only with an adult.", "未满{v}者须由成人陪同。"), (["From what age may children come alone to {s}?"], ["小孩多大能自己去{s}？", "{s}几岁可以一个人进"])),
        (("Notice", "退会"), span(1, 7, 1, "{} weeks", "{}周"), ("Resignation must be declared in writing {v} in advance.", "退会须提前{v}书面提出。"), (["How early do I have to say that I am leaving {s}?"], ["不想待在{s}了提前多久说？", "退出{s}要提前几周"])),
        (("Closed", "闭馆"), WEEK, ("It is closed on {v}.", "{v}不开放。"), (["When is {s} shut?"], ["{s}星期几不开门？", "{s}哪天关门"])),
        (("Chair", "负责人"), NAMES, ("{v} was elected to the chair.", "{v}当选为负责人。"), (["Who runs {s}?"], ["{s}谁管事？", "{s}的头儿是谁"])),
        (("Guests", "访客"), of(("only on Sundays", "仅限周日"), ("at any time", "随时"), ("never", "一律不可"), ("with a day ticket", "凭日票")), ("Guests are admitted: {v}.", "访客入内：{v}。"), (["Can I take a friend along to {s}?"], ["能带朋友去{s}吗？", "{s}外人能进不"]))]),
]


def note(opening, facts, language, form):
    """A text of the facts `(label, sentence, value)`, each in both languages."""
    if form == "lines":
        return "\n".join([opening[language].strip(".。"), *(f"{f[0][language]}{': ' if language == 0 else '：'}{f[2][language]}" for f in facts)])
    if form == "row":
        return "; ".join(f"{f[0][language]}: {f[2][language].strip('.。')}" for f in [(("Name", "名称"), None, opening), *facts])
    return ("" if form == "bare" else opening[language] + (" " if language == 0 else "")) + (" " if language == 0 else "").join(f[1][language] for f in facts)


def lists(rounds, most, rng):
    """Lists of every fact of every subject; a fifth lacks the right passage, so that nothing is right."""
    for _ in range(rounds):
        members = []
        for kind, subjects, opening, facts in FAMILIES:
            for subject in subjects:
                drawn = []
                for label, values, sentence, asked in facts:
                    value = values(rng)
                    drawn.append((label, [s.format(s=subject[n], v=value[n]) for n, s in enumerate(sentence)], value, asked))
                members.append((kind, subject, [s.format(s=subject[n]) for n, s in enumerate(opening)], drawn))
        for kind, subject, opening, facts in members:
            for n, fact in enumerate(facts):
                asked, told = rng.choice([(0, 0), (1, 1), (1, 1), (1, 0), (1, 0), (0, 1), (0, 1)])
                form = rng.choice(["prose", "prose", "lines", "row"])
                naming = [f"{s[0].upper()}{s[1:]}" if asked == 0 and rng.random() < 0.1 else s for s in subject]
                question = rng.choice(fact[3][asked]).format(s=naming[asked])
                rest = [f for k, f in enumerate(facts) if k != n]
                kept = rng.sample(rest, rng.randrange(0, len(rest)))
                text = lambda o, fs: note(o, rng.sample(fs, len(fs)), told, form)
                right = text(opening, [fact, *kept])
                wrong = [text(opening, kept if len(kept) > 1 else rest)]
                near = [m for m in members if m[0] == kind and m[1] != subject]
                for m in rng.sample(near, 2):
                    wrong.append(text(m[2], [m[3][n], *rng.sample([f for k, f in enumerate(m[3]) if k != n], min(len(kept), len(m[3]) - 1))]))
                for m in rng.sample(members, 3):
                    if m[0] != kind:
                        wrong.append(text(m[2], rng.sample(m[3], 3)))
                whole = rng.random() > 0.2
                name = ("en", "zh")
                foreign = [note(m[2], m[3][:3], 1 - told, form) for m in rng.sample(near, 1)]
                yield {"lang": name[asked] if asked == told else f"{name[asked]}-{name[told]}", "kind": "everyday" if whole else "near miss", "query": question, "right": whole,
                       "passages": (([right] if whole else []) + wrong)[:most], "foreign": foreign}
