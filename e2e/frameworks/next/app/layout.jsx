import { Shop } from './shop'

export default ({ children, modal }) => (
  <html lang="en">
    <body>
      <Shop>
        {children}
        {modal}
      </Shop>
    </body>
  </html>
)
