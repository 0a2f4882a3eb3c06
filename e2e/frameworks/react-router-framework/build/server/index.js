import { PassThrough } from "node:stream";
import { createReadableStreamFromReadable } from "@react-router/node";
import { Form, Link, Outlet, Scripts, ServerRouter, UNSAFE_withComponentProps, UNSAFE_withErrorBoundaryProps, redirect, useRouteError } from "react-router";
import { isbot } from "isbot";
import { renderToPipeableStream } from "react-dom/server";
import { jsx, jsxs } from "react/jsx-runtime";
import { getJourney, withRequestJourney } from "@throughline/node";
import { ThroughlineProvider, useCaptureError, useStep } from "@throughline/react";
import { defineJourney } from "@throughline/core";
import { FetchInstrumentation } from "@opentelemetry/instrumentation-fetch";
import { startThroughline } from "@throughline/core/web";
import { useState } from "react";
// \0rolldown/runtime.js
var __defProp = Object.defineProperty;
var __exportAll = (all, no_symbols) => {
	let target = {};
	for (var name in all) __defProp(target, name, {
		get: all[name],
		enumerable: true
	});
	if (!no_symbols) __defProp(target, Symbol.toStringTag, { value: "Module" });
	return target;
};
// node_modules/@react-router/dev/dist/config/defaults/entry.server.node.tsx
var entry_server_node_exports = /* @__PURE__ */ __exportAll({
	default: () => handleRequest,
	streamTimeout: () => streamTimeout
});
var streamTimeout = 5e3;
function handleRequest(request, responseStatusCode, responseHeaders, routerContext, loadContext) {
	if (request.method.toUpperCase() === "HEAD") return new Response(null, {
		status: responseStatusCode,
		headers: responseHeaders
	});
	return new Promise((resolve, reject) => {
		let shellRendered = false;
		let userAgent = request.headers.get("user-agent");
		let readyOption = userAgent && isbot(userAgent) || routerContext.isSpaMode ? "onAllReady" : "onShellReady";
		let timeoutId = setTimeout(() => abort(), 6e3);
		const { pipe, abort } = renderToPipeableStream(/* @__PURE__ */ jsx(ServerRouter, {
			context: routerContext,
			url: request.url
		}), {
			[readyOption]() {
				shellRendered = true;
				const body = new PassThrough({ final(callback) {
					clearTimeout(timeoutId);
					timeoutId = void 0;
					callback();
				} });
				const stream = createReadableStreamFromReadable(body);
				responseHeaders.set("Content-Type", "text/html");
				pipe(body);
				resolve(new Response(stream, {
					headers: responseHeaders,
					status: responseStatusCode
				}));
			},
			onShellError(error) {
				reject(error);
			},
			onError(error) {
				responseStatusCode = 500;
				if (shellRendered) console.error(error);
			}
		});
	});
}
// app/journeys.ts
var checkout = defineJourney("checkout", {
	version: "1",
	steps: [
		"cart",
		"payment",
		"confirmation"
	],
	converts: "confirmation"
});
// app/telemetry.ts
var endpoint = typeof window === "undefined" ? "/otlp" : new URLSearchParams(location.search).get("to") || "/otlp";
/** On the server it does nothing. */
var tracker = startThroughline({
	serviceName: "react-router",
	endpoint,
	journeys: [checkout],
	instrumentations: [new FetchInstrumentation()]
});
// app/root.tsx
var root_exports = /* @__PURE__ */ __exportAll({
	ErrorBoundary: () => ErrorBoundary,
	Layout: () => Layout,
	default: () => root_default,
	middleware: () => middleware
});
var definitions = { journeys: [checkout] };
/** Loaders and actions of all routes have the journey of their request. */
var middleware = [({ request }, next) => withRequestJourney(definitions, request, next)];
function Layout({ children }) {
	return /* @__PURE__ */ jsxs("html", {
		lang: "en",
		children: [/* @__PURE__ */ jsxs("head", { children: [/* @__PURE__ */ jsx("title", { children: "shop" }), /* @__PURE__ */ jsx("link", {
			rel: "icon",
			href: "data:,"
		})] }), /* @__PURE__ */ jsxs("body", { children: [/* @__PURE__ */ jsx(ThroughlineProvider, {
			tracker,
			children
		}), /* @__PURE__ */ jsx(Scripts, {})] })]
	});
}
var root_default = UNSAFE_withComponentProps(function Root() {
	return /* @__PURE__ */ jsx(Outlet, {});
});
var ErrorBoundary = UNSAFE_withErrorBoundaryProps(function ErrorBoundary() {
	useCaptureError(useRouteError());
	return /* @__PURE__ */ jsx("h1", { children: "error page" });
});
// app/routes/cart.tsx
var cart_exports = /* @__PURE__ */ __exportAll({ default: () => cart_default });
var cart_default = UNSAFE_withComponentProps(function Cart() {
	useStep(checkout, "cart");
	return /* @__PURE__ */ jsx(Link, {
		to: "/payment",
		children: "pay"
	});
});
// app/routes/payment.tsx
var payment_exports = /* @__PURE__ */ __exportAll({
	action: () => action,
	default: () => payment_default
});
async function action({ request }) {
	const form = await request.formData();
	getJourney()?.convert(checkout, {
		value: 40,
		currency: "EUR",
		key: `${form.get("key")}`
	});
	throw redirect("/done");
}
function Broken() {
	const [isBroken, setBroken] = useState(false);
	if (isBroken) throw new RangeError("no such card");
	return /* @__PURE__ */ jsx("button", {
		type: "button",
		onClick: () => setBroken(true),
		children: "break"
	});
}
var payment_default = UNSAFE_withComponentProps(function Payment() {
	useStep(checkout, "payment");
	return /* @__PURE__ */ jsxs(Form, {
		method: "post",
		children: [
			/* @__PURE__ */ jsx("input", {
				type: "hidden",
				name: "key",
				value: "order-7"
			}),
			/* @__PURE__ */ jsx("button", {
				type: "submit",
				children: "buy"
			}),
			/* @__PURE__ */ jsx(Broken, {})
		]
	});
});
// app/routes/done.tsx
var done_exports = /* @__PURE__ */ __exportAll({ default: () => done_default });
var done_default = UNSAFE_withComponentProps(function Done() {
	useStep(checkout, "confirmation");
	return /* @__PURE__ */ jsx("h1", { children: "done" });
});
// \0virtual:react-router/server-manifest
var server_manifest_default = {
	"entry": {
		"module": "/assets/entry.client-CNzo8Glp.js",
		"imports": ["/assets/jsx-runtime-p4GPOQwQ.js", "/assets/errorBoundaries-oQI0XeXc.js"],
		"css": []
	},
	"routes": {
		"root": {
			"id": "root",
			"parentId": void 0,
			"path": "",
			"index": void 0,
			"caseSensitive": void 0,
			"hasAction": false,
			"hasLoader": false,
			"hasClientAction": false,
			"hasClientLoader": false,
			"hasClientMiddleware": false,
			"hasDefaultExport": true,
			"hasErrorBoundary": true,
			"module": "/assets/root-gV1iWMJ8.js",
			"imports": [
				"/assets/jsx-runtime-p4GPOQwQ.js",
				"/assets/errorBoundaries-oQI0XeXc.js",
				"/assets/journeys-lC2hXx2e.js"
			],
			"css": [],
			"clientActionModule": void 0,
			"clientLoaderModule": void 0,
			"clientMiddlewareModule": void 0,
			"hydrateFallbackModule": void 0
		},
		"routes/cart": {
			"id": "routes/cart",
			"parentId": "root",
			"path": "cart",
			"index": void 0,
			"caseSensitive": void 0,
			"hasAction": false,
			"hasLoader": false,
			"hasClientAction": false,
			"hasClientLoader": false,
			"hasClientMiddleware": false,
			"hasDefaultExport": true,
			"hasErrorBoundary": false,
			"module": "/assets/cart-BENI8Rnd.js",
			"imports": [
				"/assets/jsx-runtime-p4GPOQwQ.js",
				"/assets/lib-Cd5wKUpz.js",
				"/assets/journeys-lC2hXx2e.js",
				"/assets/errorBoundaries-oQI0XeXc.js"
			],
			"css": [],
			"clientActionModule": void 0,
			"clientLoaderModule": void 0,
			"clientMiddlewareModule": void 0,
			"hydrateFallbackModule": void 0
		},
		"routes/payment": {
			"id": "routes/payment",
			"parentId": "root",
			"path": "payment",
			"index": void 0,
			"caseSensitive": void 0,
			"hasAction": true,
			"hasLoader": false,
			"hasClientAction": false,
			"hasClientLoader": false,
			"hasClientMiddleware": false,
			"hasDefaultExport": true,
			"hasErrorBoundary": false,
			"module": "/assets/payment-Mn6cJztT.js",
			"imports": [
				"/assets/jsx-runtime-p4GPOQwQ.js",
				"/assets/lib-Cd5wKUpz.js",
				"/assets/journeys-lC2hXx2e.js",
				"/assets/errorBoundaries-oQI0XeXc.js"
			],
			"css": [],
			"clientActionModule": void 0,
			"clientLoaderModule": void 0,
			"clientMiddlewareModule": void 0,
			"hydrateFallbackModule": void 0
		},
		"routes/done": {
			"id": "routes/done",
			"parentId": "root",
			"path": "done",
			"index": void 0,
			"caseSensitive": void 0,
			"hasAction": false,
			"hasLoader": false,
			"hasClientAction": false,
			"hasClientLoader": false,
			"hasClientMiddleware": false,
			"hasDefaultExport": true,
			"hasErrorBoundary": false,
			"module": "/assets/done-B9OjcA5m.js",
			"imports": ["/assets/jsx-runtime-p4GPOQwQ.js", "/assets/journeys-lC2hXx2e.js"],
			"css": [],
			"clientActionModule": void 0,
			"clientLoaderModule": void 0,
			"clientMiddlewareModule": void 0,
			"hydrateFallbackModule": void 0
		}
	},
	"url": "/assets/manifest-01b9f460.js",
	"version": "01b9f460",
	"sri": void 0
};
// \0virtual:react-router/server-build
var assetsBuildDirectory = "build/client";
var basename = "/";
var future = {
	"unstable_enableNodeReadableStream": false,
	"unstable_optimizeDeps": false
};
var ssr = true;
var isSpaMode = false;
var prerender = [];
var routeDiscovery = {
	"mode": "lazy",
	"manifestPath": "/__manifest"
};
var publicPath = "/";
var entry = { module: entry_server_node_exports };
var routes = {
	"root": {
		id: "root",
		parentId: void 0,
		path: "",
		index: void 0,
		caseSensitive: void 0,
		module: root_exports
	},
	"routes/cart": {
		id: "routes/cart",
		parentId: "root",
		path: "cart",
		index: void 0,
		caseSensitive: void 0,
		module: cart_exports
	},
	"routes/payment": {
		id: "routes/payment",
		parentId: "root",
		path: "payment",
		index: void 0,
		caseSensitive: void 0,
		module: payment_exports
	},
	"routes/done": {
		id: "routes/done",
		parentId: "root",
		path: "done",
		index: void 0,
		caseSensitive: void 0,
		module: done_exports
	}
};
var allowedActionOrigins = false;
export { allowedActionOrigins, server_manifest_default as assets, assetsBuildDirectory, basename, entry, future, isSpaMode, prerender, publicPath, routeDiscovery, routes, ssr };
