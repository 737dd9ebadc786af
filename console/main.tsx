import './styles/base.css';
import './styles/page.css';
import './styles/parts.css';
import './styles/table.css';
import './styles/form.css';
import 'uplot/dist/uPlot.min.css';
import './styles/chart.css';
import { render } from 'preact';
import { App } from './app.tsx';

render(<App />, document.body);
