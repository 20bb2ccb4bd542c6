import type {
	AskEvent,
	AskReply,
	AskRequest,
	CheckReply,
	ConversationRow,
	CostView,
	DocumentView,
	ExplainEvent,
	ExplainReply,
	ExplainRequest,
	Hello,
	ImportReply,
	LabelRow,
	LibraryEvent,
	LibraryView,
	MarkRequest,
	MeasureStep,
	PassageView,
	ProposalRow,
	PullEvent,
	RunRow,
	SetUp,
	Settings,
	ModelRegistryView,
	SystemLook,
	TurnRow,
} from '../contract';

/** Where a file drag stands over the window. The paths stay with the program. */
export type DragState = 'over' | 'gone' | 'dropped';

/** Everything the screen can ask of the program. A call that fails rejects with a `ProblemView`. */
export interface Host {
	hello(): Promise<Hello>;
	/** Called once at start; lives as long as the page. */
	watch(onEvent: (event: LibraryEvent) => void): Promise<void>;
	/** Files dragged over the window. */
	drags(onDrag: (state: DragState) => void): Promise<void>;

	library(): Promise<LibraryView>;
	/** Native dialog; the ingest then reports to `watch`. Files join the collection, or the usual one. */
	chooseFiles(collection: string | null): Promise<void>;
	chooseFolder(collection: string | null): Promise<void>;
	addSamples(): Promise<void>;
	ingestAgain(documents: number[]): Promise<void>;
	removeDocuments(documents: number[]): Promise<LibraryView>;
	stopIngest(): Promise<void>;
	/** Whether the ingest under way rests; a `paused` event says when it does. */
	pauseIngest(paused: boolean): Promise<void>;
	/** These documents, of those that wait, are read next. */
	ingestFirst(documents: number[]): Promise<void>;
	/** Native dialog; the folder is then followed. */
	watchFolder(): Promise<void>;
	unwatchFolder(folder: number): Promise<LibraryView>;
	rebuild(): Promise<void>;
	check(): Promise<CheckReply>;

	ask(request: AskRequest, onEvent: (event: AskEvent) => void): Promise<AskReply>;
	stopAsk(): Promise<void>;
	passage(chunk: string): Promise<PassageView>;
	/** The logit without each sentence in turn; another explanation that runs is stopped. */
	explain(request: ExplainRequest, onEvent: (event: ExplainEvent) => void): Promise<ExplainReply>;
	stopExplain(): Promise<void>;
	/** The question under another set-up; saved nowhere. */
	whatIf(setup: SetUp): Promise<AskReply>;
	document(document: number): Promise<DocumentView>;
	/** The bytes of a PDF of the library, if it is still the file that was read. */
	original(document: number): Promise<ArrayBuffer>;
	/** Takes seconds: it measures. */
	cost(): Promise<CostView>;

	mark(request: MarkRequest): Promise<LabelRow[]>;
	labels(): Promise<LabelRow[]>;
	/** Rough questions from the library's own words; another round gives other ones. Nothing is kept. */
	proposeQuestions(round: number): Promise<ProposalRow[]>;
	acceptQuestion(request: MarkRequest): Promise<LabelRow[]>;
	deleteLabels(labels: number[]): Promise<LabelRow[]>;
	/** Native dialog for a file, or for a folder in BEIR's form; null if nothing was chosen. */
	importLabels(folder: boolean): Promise<ImportReply | null>;
	measure(onStep: (step: MeasureStep) => void): Promise<RunRow>;
	runs(): Promise<RunRow[]>;
	deleteRun(run: number): Promise<RunRow[]>;
	/** Training triplets as JSON lines; `mined` adds passages that rank high and score low, which nobody looked at. */
	triplets(mined: boolean): Promise<string>;

	/** Native dialog; whether the text was written. */
	saveText(name: string, text: string): Promise<boolean>;
	print(): Promise<void>;

	/** Hears which command was chosen from the window's menu. Called once at start. */
	menu(onCommand: (id: string) => void): Promise<void>;
	/** The menu in words, by id, and which commands can be chosen now. */
	menuShows(names: Record<string, string>, can: string[]): Promise<void>;
	/** How the system looks, now and whenever it changes. Called once at start. */
	systemLook(onChange: (look: SystemLook) => void): Promise<void>;
	/** The theme of the window's frame; null leaves it to the system. */
	setTheme(dark: boolean | null): Promise<void>;
	/** Tells somebody who is looking at another window; whether that was so. */
	notify(title: string, text: string): Promise<boolean>;
	/** An address of the web or of mail, outside. To be called only after showing where it leads. */
	openLink(address: string): Promise<void>;
	/** A document's original in the file manager. */
	showOriginal(document: number): Promise<void>;
	/** A document's original in the system's program for it. */
	openOriginal(document: number): Promise<void>;

	saveSettings(settings: Settings): Promise<Hello>;
	/** Native dialog for a GGUF file. */
	chooseWriter(): Promise<Hello>;

	modelRegistry(): Promise<ModelRegistryView>;
	/** Ends when the model is here, was stopped, or could not be fetched. */
	pullModel(name: string, onEvent: (event: PullEvent) => void): Promise<ModelRegistryView>;
	stopPull(name: string): Promise<void>;
	/** Native dialog for a model's folder, or for a GGUF file. */
	importModel(folder: boolean): Promise<ModelRegistryView>;
	verifyModel(name: string): Promise<void>;
	removeModel(name: string): Promise<ModelRegistryView>;
	/** The hosted reranker's key, to the system's key store; an empty one is forgotten. */
	keepKey(key: string): Promise<ModelRegistryView>;

	conversations(): Promise<ConversationRow[]>;
	/** Those whose questions and answers hold all of these words. */
	findConversations(words: string): Promise<ConversationRow[]>;
	turns(conversation: number): Promise<TurnRow[]>;
	deleteConversation(conversation: number): Promise<ConversationRow[]>;
}
