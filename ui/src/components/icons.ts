// The icons in use (Lucide, ISC). Each is imported by itself, so that only these are bundled.
import Activity from '@lucide/svelte/icons/activity';
import Archive from '@lucide/svelte/icons/archive';
import ArrowDown from '@lucide/svelte/icons/arrow-down';
import ArrowLeft from '@lucide/svelte/icons/arrow-left';
import ArrowRight from '@lucide/svelte/icons/arrow-right';
import ArrowUp from '@lucide/svelte/icons/arrow-up';
import Ban from '@lucide/svelte/icons/ban';
import Bell from '@lucide/svelte/icons/bell';
import Bookmark from '@lucide/svelte/icons/bookmark';
import Braces from '@lucide/svelte/icons/braces';
import Check from '@lucide/svelte/icons/check';
import ChevronDown from '@lucide/svelte/icons/chevron-down';
import ChevronLeft from '@lucide/svelte/icons/chevron-left';
import ChevronRight from '@lucide/svelte/icons/chevron-right';
import ChevronUp from '@lucide/svelte/icons/chevron-up';
import CircleAlert from '@lucide/svelte/icons/circle-alert';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CircleDashed from '@lucide/svelte/icons/circle-dashed';
import CircleDot from '@lucide/svelte/icons/circle-dot';
import CircleX from '@lucide/svelte/icons/circle-x';
import Command from '@lucide/svelte/icons/command';
import Copy from '@lucide/svelte/icons/copy';
import CopyPlus from '@lucide/svelte/icons/copy-plus';
import Database from '@lucide/svelte/icons/database';
import Download from '@lucide/svelte/icons/download';
import Ellipsis from '@lucide/svelte/icons/ellipsis';
import ExternalLink from '@lucide/svelte/icons/external-link';
import Eye from '@lucide/svelte/icons/eye';
import EyeOff from '@lucide/svelte/icons/eye-off';
import FileDown from '@lucide/svelte/icons/file-down';
import FileQuestionMark from '@lucide/svelte/icons/file-question-mark';
import Fingerprint from '@lucide/svelte/icons/fingerprint';
import Folder from '@lucide/svelte/icons/folder';
import Gauge from '@lucide/svelte/icons/gauge';
import GitCompareArrows from '@lucide/svelte/icons/git-compare-arrows';
import Globe from '@lucide/svelte/icons/globe';
import Hourglass from '@lucide/svelte/icons/hourglass';
import Inbox from '@lucide/svelte/icons/inbox';
import Info from '@lucide/svelte/icons/info';
import KeyRound from '@lucide/svelte/icons/key-round';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Laptop from '@lucide/svelte/icons/laptop';
import Lightbulb from '@lucide/svelte/icons/lightbulb';
import Layers from '@lucide/svelte/icons/layers';
import ListFilter from '@lucide/svelte/icons/list-filter';
import LoaderCircle from '@lucide/svelte/icons/loader-circle';
import Lock from '@lucide/svelte/icons/lock';
import LockKeyhole from '@lucide/svelte/icons/lock-keyhole';
import Monitor from '@lucide/svelte/icons/monitor';
import Moon from '@lucide/svelte/icons/moon';
import Pause from '@lucide/svelte/icons/pause';
import Pencil from '@lucide/svelte/icons/pencil';
import Play from '@lucide/svelte/icons/play';
import Plus from '@lucide/svelte/icons/plus';
import Radio from '@lucide/svelte/icons/radio';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Repeat from '@lucide/svelte/icons/repeat';
import Reply from '@lucide/svelte/icons/reply';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import Route from '@lucide/svelte/icons/route';
import Rows4 from '@lucide/svelte/icons/rows-4';
import Save from '@lucide/svelte/icons/save';
import ScanSearch from '@lucide/svelte/icons/scan-search';
import Search from '@lucide/svelte/icons/search';
import Send from '@lucide/svelte/icons/send';
import Settings from '@lucide/svelte/icons/settings';
import ShieldCheck from '@lucide/svelte/icons/shield-check';
import ShieldOff from '@lucide/svelte/icons/shield-off';
import ShieldQuestionMark from '@lucide/svelte/icons/shield-question-mark';
import ShieldX from '@lucide/svelte/icons/shield-x';
import Square from '@lucide/svelte/icons/square';
import Star from '@lucide/svelte/icons/star';
import Stethoscope from '@lucide/svelte/icons/stethoscope';
import StickyNote from '@lucide/svelte/icons/sticky-note';
import Sun from '@lucide/svelte/icons/sun';
import Tag from '@lucide/svelte/icons/tag';
import Terminal from '@lucide/svelte/icons/terminal';
import TextAlignStart from '@lucide/svelte/icons/text-align-start';
import Timer from '@lucide/svelte/icons/timer';
import Trash2 from '@lucide/svelte/icons/trash-2';
import TriangleAlert from '@lucide/svelte/icons/triangle-alert';
import Unplug from '@lucide/svelte/icons/unplug';
import WandSparkles from '@lucide/svelte/icons/wand-sparkles';
import Webhook from '@lucide/svelte/icons/webhook';
import WrapText from '@lucide/svelte/icons/wrap-text';
import X from '@lucide/svelte/icons/x';

export const icons = {
	activity: Activity,
	archive: Archive,
	'arrow-down': ArrowDown,
	'arrow-left': ArrowLeft,
	'arrow-right': ArrowRight,
	'arrow-up': ArrowUp,
	ban: Ban,
	bell: Bell,
	bookmark: Bookmark,
	braces: Braces,
	check: Check,
	'chevron-down': ChevronDown,
	'chevron-left': ChevronLeft,
	'chevron-right': ChevronRight,
	'chevron-up': ChevronUp,
	'circle-alert': CircleAlert,
	'circle-check': CircleCheck,
	'circle-dashed': CircleDashed,
	'circle-dot': CircleDot,
	'circle-x': CircleX,
	command: Command,
	copy: Copy,
	'copy-plus': CopyPlus,
	database: Database,
	download: Download,
	ellipsis: Ellipsis,
	'external-link': ExternalLink,
	eye: Eye,
	'eye-off': EyeOff,
	'file-down': FileDown,
	'file-question-mark': FileQuestionMark,
	fingerprint: Fingerprint,
	folder: Folder,
	gauge: Gauge,
	'git-compare-arrows': GitCompareArrows,
	globe: Globe,
	hourglass: Hourglass,
	inbox: Inbox,
	info: Info,
	'key-round': KeyRound,
	keyboard: Keyboard,
	laptop: Laptop,
	lightbulb: Lightbulb,
	layers: Layers,
	'list-filter': ListFilter,
	'loader-circle': LoaderCircle,
	lock: Lock,
	'lock-keyhole': LockKeyhole,
	monitor: Monitor,
	moon: Moon,
	pause: Pause,
	pencil: Pencil,
	play: Play,
	plus: Plus,
	radio: Radio,
	'refresh-cw': RefreshCw,
	repeat: Repeat,
	reply: Reply,
	'rotate-ccw': RotateCcw,
	route: Route,
	'rows-4': Rows4,
	save: Save,
	'scan-search': ScanSearch,
	search: Search,
	send: Send,
	settings: Settings,
	'shield-check': ShieldCheck,
	'shield-off': ShieldOff,
	'shield-question-mark': ShieldQuestionMark,
	'shield-x': ShieldX,
	square: Square,
	star: Star,
	stethoscope: Stethoscope,
	'sticky-note': StickyNote,
	sun: Sun,
	tag: Tag,
	terminal: Terminal,
	'text-align-start': TextAlignStart,
	timer: Timer,
	'trash-2': Trash2,
	'triangle-alert': TriangleAlert,
	unplug: Unplug,
	'wand-sparkles': WandSparkles,
	webhook: Webhook,
	'wrap-text': WrapText,
	x: X,
} as const;

export type IconName = keyof typeof icons;
