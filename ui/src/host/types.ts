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
	PullEvent,
	RunRow,
	SetUp,
	Settings,
	ShelfView,
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
	/** Native dialog; the ingest then reports to `watch`. */
	chooseFiles(): Promise<void>;
	chooseFolder(): Promise<void>;
	addSamples(): Promise<void>;
	ingestAgain(documents: number[]): Promise<void>;
	removeDocuments(documents: number[]): Promise<LibraryView>;
	stopIngest(): Promise<void>;
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
	deleteLabels(labels: number[]): Promise<LabelRow[]>;
	/** Native dialog for a file, or for a folder in BEIR's form; null if nothing was chosen. */
	importLabels(folder: boolean): Promise<ImportReply | null>;
	measure(onStep: (step: MeasureStep) => void): Promise<RunRow>;
	runs(): Promise<RunRow[]>;
	deleteRun(run: number): Promise<RunRow[]>;
	/** Training triplets as JSON lines. */
	triplets(): Promise<string>;

	/** Native dialog; whether the text was written. */
	saveText(name: string, text: string): Promise<boolean>;
	print(): Promise<void>;

	saveSettings(settings: Settings): Promise<Hello>;
	/** Native dialog for a GGUF file. */
	chooseWriter(): Promise<Hello>;

	shelf(): Promise<ShelfView>;
	/** Ends when the model is here, was stopped, or could not be fetched. */
	pullModel(name: string, onEvent: (event: PullEvent) => void): Promise<ShelfView>;
	stopPull(name: string): Promise<void>;
	/** Native dialog for a model's folder, or for a GGUF file. */
	importModel(folder: boolean): Promise<ShelfView>;
	verifyModel(name: string): Promise<void>;
	removeModel(name: string): Promise<ShelfView>;
	/** The hosted reranker's key, to the system's key store; an empty one is forgotten. */
	keepKey(key: string): Promise<ShelfView>;

	conversations(): Promise<ConversationRow[]>;
	turns(conversation: number): Promise<TurnRow[]>;
	deleteConversation(conversation: number): Promise<ConversationRow[]>;
}
