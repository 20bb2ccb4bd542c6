import { mount } from 'svelte';

import App from './App.svelte';
import './app.css';
import { openHost } from './host';
import { speech } from './words/speech.svelte';

const target = document.getElementById('app');
speech.use(speech.language);
if (target) void openHost().then(() => mount(App, { target }));
