import { tracker } from './throughline' // first, so that nothing escapes it
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'

const app = createApp(App)
// Vue hands errors of handlers and renders to this alone.
app.config.errorHandler = (error) => tracker.captureError(error, { handled: false })
app.use(router).mount('#app')
