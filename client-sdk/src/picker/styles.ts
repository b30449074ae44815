/**
 * The picker's own style. Every colour goes through a private variable whose default can be overruled by the public
 * `--usher-*` one; forced colours replace them all by the system's. Without blanks that CSS does not need, since every
 * page downloads this text as it is.
 */
export const STYLES = `
:host{
color-scheme:light dark;
--_surface:var(--usher-surface,light-dark(#ffffff,#17171c));
--_text:var(--usher-text,light-dark(#1d1b20,#efedf2));
--_muted:var(--usher-muted,light-dark(#8b8792,#8d8996));
--_accent:var(--usher-accent,light-dark(#9a1f4b,#ff9ab8));
--_focus:var(--usher-focus,light-dark(#1b5fd9,#9cc2ff));
--_line:var(--usher-line,light-dark(#d9d5de,#3a3842));
--_warn:var(--usher-warn,light-dark(#fff3d6,#3b2f12));
--_radius:var(--usher-radius,14px);
display:block;
position:relative;
min-inline-size:0;
container-type:inline-size;
color:var(--_text);
font:400 0.9375rem/1.4 var(--usher-font,system-ui,sans-serif)}
:host([hidden]),[hidden]{display:none !important}
*{box-sizing:border-box}
.probe{position:absolute;visibility:hidden;pointer-events:none;forced-color-adjust:none}
.quiet{
position:absolute;inline-size:1px;block-size:1px;margin:-1px;overflow:hidden;
clip-path:inset(50%);white-space:nowrap}
.bar{display:flex;flex-wrap:wrap;gap:0.5rem;align-items:center;margin-block-end:0.625rem}
.bar .timer{margin-inline-start:auto}
.bar select{flex:0 1 auto;min-inline-size:6rem;inline-size:min(14rem,30cqi);text-overflow:ellipsis}
button,select,input{
font:inherit;color:inherit;background:var(--_surface);border:1px solid var(--_muted);
border-radius:10px;min-block-size:2.75rem;padding:0.25rem 0.75rem}
button{cursor:pointer;min-inline-size:2.75rem}
button:hover:not(:disabled){border-color:var(--_text)}
button:disabled,[aria-disabled=true]{cursor:default;opacity:0.5}
button.main{background:var(--_text);color:var(--_surface);border-color:var(--_text);font-weight:600}
:focus-visible{outline:3px solid var(--_focus);outline-offset:2px}
.icon{padding:0;display:inline-grid;place-items:center}
.icon svg{inline-size:1.25rem;block-size:1.25rem;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round}
.timer{
font-variant-numeric:tabular-nums;font-weight:600;padding:0.25rem 0.75rem;border-radius:10px;
border:1px solid var(--_line)}
.timer.soon{border-color:var(--_accent);color:var(--_accent)}
.frame{
overflow:hidden;background:var(--_surface);border:1px solid var(--_line);
border-radius:var(--_radius);block-size:var(--usher-height,clamp(18rem,min(62vh,108cqi),44rem));user-select:none;
-webkit-user-select:none;display:flex;flex-direction:column}
.view{flex:1;min-block-size:0;position:relative;overflow:hidden}
canvas.map{display:block;inline-size:100%;block-size:100%;cursor:grab;transition:opacity 0.2s}
canvas.map:active{cursor:grabbing}
.stale canvas.map{opacity:0.45;filter:grayscale(1)}
.ring{
position:absolute;inset:0 auto auto 0;pointer-events:none;border-radius:10px;
outline:3px solid var(--_focus);outline-offset:1px;
box-shadow:0 0 0 1.5px var(--_surface) inset}
.hint{
position:absolute;inset:0 auto auto 0;pointer-events:none;max-inline-size:92%;padding:0.25rem 0.625rem;
border-radius:8px;background:var(--_text);color:var(--_surface);font-size:0.875rem;white-space:nowrap;
overflow:hidden;text-overflow:ellipsis;z-index:2}
.cover{
position:absolute;inset:0;display:grid;place-content:center;justify-items:center;gap:0.75rem;
padding:1rem;text-align:center}
.banner,.notice,.chooser{
border-radius:12px;padding:0.625rem 0.75rem;background:var(--_warn);border:1px solid var(--_muted)}
.banner{position:absolute;inset:0.625rem 0.625rem auto;z-index:3}
.notice,.chooser{
display:flex;flex-wrap:wrap;gap:0.5rem 0.75rem;align-items:center;
margin:0 auto 0.625rem;inline-size:calc(100% - 1.25rem);max-inline-size:44rem}
.notice p{flex:1 1 14rem;margin:0}
.chooser{background:var(--_surface);max-inline-size:30rem}
.chooser label{display:flex;flex-wrap:wrap;flex:1 1 12rem;gap:0.5rem;align-items:center}
.chooser input{inline-size:5rem}
.legend{display:flex;flex-wrap:wrap;gap:0.375rem 1.125rem;margin:0.75rem 0 0;padding:0;list-style:none;font-size:0.875rem}
.legend li{display:flex;gap:0.4375rem;align-items:center}
.legend canvas{inline-size:20px;block-size:20px}
@media (prefers-reduced-motion:reduce){*{transition:none !important}}
@media (forced-colors:active){
:host{
--_surface:Canvas;--_text:CanvasText;--_muted:GrayText;--_accent:Highlight;--_focus:Highlight;
--_line:CanvasText;--_warn:Canvas}
.hint{border:1px solid}
.frame,canvas,.ring{forced-color-adjust:none}}
`;
