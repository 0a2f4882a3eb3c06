export default () => <h1>not found</h1>
