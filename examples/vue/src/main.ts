import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'
import { tracker } from './throughline'

const app = createApp(App)
// Vue hands errors of handlers and renders to this alone.
app.config.errorHandler = (error) => tracker.captureError(error, { handled: false })
app.use(router).mount('#app')
