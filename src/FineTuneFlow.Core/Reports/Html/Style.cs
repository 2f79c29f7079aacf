namespace FineTuneFlow.Core.Reports.Html;

/// <summary>The page's style sheet: light, dark and print; series colours after M. Okabe and K. Ito, "Color universal design", 2008,
/// made lighter for dark.</summary>
internal static class Style
{
    public const string Sheet = """
        :root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--soft:#57606a;--line:#d8dee4;--card:#f6f8fa;--grid:#e7ebef;--hit:#0072b2;--miss:#d55e00;--invert:#fff;--middle:#1b1f24;
        --good:#0b6b3a;--goodbg:#e6f4ea;--warn:#8a4b00;--warnbg:#fff4e0;--keep:#33415c;--keepbg:#eaeef5;
        --s0:#0072b2;--s1:#c24e00;--s2:#00795a;--s3:#a23b7a;--s4:#8a6300;--s5:#3a7ca5;--s6:#555;--s7:#7a1f1f}
        @media(prefers-color-scheme:dark){:root{--bg:#0f1318;--fg:#e6eaef;--soft:#9aa5b1;--line:#2d353e;--card:#171d24;--grid:#232b33;--hit:#3d9fdc;--miss:#f08a4b;--invert:#0f1318;--middle:#0f1318;
        --good:#7ee2a8;--goodbg:#10301f;--warn:#ffc46b;--warnbg:#33260d;--keep:#b9c7e6;--keepbg:#1c2536;
        --s0:#56b4e9;--s1:#ff9757;--s2:#3fd0a5;--s3:#e39cc6;--s4:#e6b54a;--s5:#9ad0f5;--s6:#bbb;--s7:#ef8f8f}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans",sans-serif}
        main{max-width:1060px;margin:0 auto;padding:28px 24px 64px}
        h1{font-size:26px;line-height:1.25;margin:0 0 4px}h2{font-size:20px;margin:44px 0 10px;padding-top:12px;border-top:1px solid var(--line)}h3{font-size:16px;margin:26px 0 8px}
        p{margin:8px 0;max-width:75ch}.meta,.note,figcaption,.caption{color:var(--soft);font-size:13.5px}
        nav{display:flex;flex-wrap:wrap;gap:4px 14px;margin:14px 0 0;font-size:14px}nav a{white-space:nowrap}a{color:var(--s0)}
        .verdict{margin:18px 0;padding:18px 20px;border-radius:10px;border:1px solid var(--line);border-left-width:6px}
        .verdict p{font-size:18px;line-height:1.45;margin:6px 0;max-width:none}.verdict ul{margin:8px 0 0;padding-left:20px}
        .verdict .word{display:inline-block;font-weight:700;letter-spacing:.02em}
        .promote{background:var(--goodbg);border-left-color:var(--good)}.promote .word{color:var(--good)}
        .keep{background:var(--keepbg);border-left-color:var(--keep)}.keep .word{color:var(--keep)}
        .unsure{background:var(--warnbg);border-left-color:var(--warn)}.unsure .word{color:var(--warn)}
        .simulated{display:inline-block;padding:0 7px;border:1.5px dashed currentColor;border-radius:9px;font-size:12px;font-weight:600;color:var(--warn);white-space:nowrap}
        .banner{max-width:none;padding:10px 14px;border:1.5px dashed var(--warn);border-radius:8px;color:var(--warn);background:var(--warnbg);margin:14px 0}
        .facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin:16px 0}
        .facts div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 12px}
        .facts dt,.facts .k{color:var(--soft);font-size:13px}.facts .v{font-size:21px;font-weight:650;font-variant-numeric:tabular-nums}.facts .s{font-size:13px;color:var(--soft)}
        .scroll{overflow-x:auto;max-width:100%}
        table{border-collapse:collapse;font-size:14px;width:100%;margin:0 0 14px}.caption{margin:16px 0 4px;max-width:none}.scroll:focus-visible{outline:2px solid var(--s0);outline-offset:2px}
        th,td{padding:6px 10px;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}thead th{border-bottom:2px solid var(--line);color:var(--soft);font-weight:600;vertical-align:bottom}
        tbody th{font-weight:600;overflow-wrap:break-word;min-width:13ch;max-width:46ch}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}td.text{min-width:26ch;max-width:62ch;overflow-wrap:anywhere}dl.terms{display:grid;grid-template-columns:max-content 1fr;gap:6px 18px;margin:10px 0;font-size:14px}dl.terms dt{font-weight:600}dl.terms dd{margin:0;max-width:75ch}
        .sub{display:block;color:var(--soft);font-size:12.5px;font-weight:400}
        figure{margin:12px 0 18px}figcaption{margin-top:4px;max-width:75ch}
        .grid2{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:8px 22px;align-items:start}
        .grid2 figure{min-width:0}.grid2.wide{grid-template-columns:repeat(auto-fit,minmax(min(440px,100%),1fr))}
        ul.findings{list-style:none;padding:0;margin:10px 0}ul.findings li{padding:8px 12px;border:1px solid var(--line);border-left:5px solid var(--keep);border-radius:6px;margin:7px 0}
        ul.findings li.warning{border-left-color:var(--warn);background:var(--warnbg)}ul.findings b{margin-right:6px}
        code,pre{font:12.5px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}code{overflow-wrap:anywhere}pre{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
        svg.chart{display:block;max-width:100%;height:auto;font-family:inherit}
        svg .t{fill:var(--fg);font-size:13px}svg .small{fill:var(--soft);font-size:12px}svg .tiny{fill:var(--soft);font-size:10.5px}svg .strong{font-weight:650}svg .t.invert{fill:var(--invert)}svg .t.middle{fill:var(--middle)}
        svg .grid{stroke:var(--grid)}svg .reference{stroke:var(--soft);stroke-dasharray:5 4}svg .checkpoint{stroke:var(--soft);stroke-dasharray:1 3}
        svg .line{fill:none;stroke-width:2}svg .line.faint{stroke-width:1;stroke-opacity:.35;stroke-dasharray:none}svg .whisker{stroke-width:2}
        svg .mark{stroke:var(--bg);stroke-width:1}svg .cell{fill:var(--card)}svg .hit{fill:var(--hit)}svg .miss{fill:var(--miss)}
        svg .s0{stroke:var(--s0)}svg .s1{stroke:var(--s1)}svg .s2{stroke:var(--s2)}svg .s3{stroke:var(--s3)}svg .s4{stroke:var(--s4)}svg .s5{stroke:var(--s5)}svg .s6{stroke:var(--s6)}svg .s7{stroke:var(--s7)}
        svg .mark.s0,svg .fill.s0{fill:var(--s0)}svg .mark.s1,svg .fill.s1{fill:var(--s1)}svg .mark.s2,svg .fill.s2{fill:var(--s2)}svg .mark.s3,svg .fill.s3{fill:var(--s3)}svg .mark.s4,svg .fill.s4{fill:var(--s4)}svg .mark.s5,svg .fill.s5{fill:var(--s5)}svg .mark.s6,svg .fill.s6{fill:var(--s6)}svg .mark.s7,svg .fill.s7{fill:var(--s7)}
        svg .mark{stroke:var(--bg)}svg .fill{stroke:none}
        svg .b0{fill:var(--s0)}svg .b1{fill:var(--s0);fill-opacity:.45}svg .b2{fill:none;stroke:var(--s0);stroke-width:1.2}
        @media(max-width:640px){main{padding:18px 14px 40px}h1{font-size:21px}.verdict p{font-size:16px}figure .scroll svg[width="680"]{max-width:none;width:560px}th,td{padding:5px 7px}tbody th{max-width:32ch}dl.terms{grid-template-columns:1fr;gap:0}dl.terms dd{margin:0 0 8px}}
        @media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--soft:#444;--line:#bbb;--card:#f4f4f4;--grid:#ddd;--hit:#0072b2;--miss:#d55e00;--invert:#fff;--middle:#000;--good:#0b6b3a;--goodbg:#fff;--warn:#8a4b00;--warnbg:#fff;--keep:#33415c;--keepbg:#fff;--s0:#0072b2;--s1:#c24e00;--s2:#00795a;--s3:#a23b7a;--s4:#8a6300;--s5:#3a7ca5;--s6:#555;--s7:#7a1f1f}
        @page{margin:14mm 12mm}body{font-size:10.5pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}main{max-width:none;padding:0}nav{display:none}h2{break-after:avoid;margin-top:22px}h3{break-after:avoid}figure,.verdict,.facts,tr,li{break-inside:avoid}.scroll{overflow:visible}table{font-size:8.5pt}th,td{padding:3px 5px}th.n{white-space:normal}td.n{white-space:nowrap}.sub{font-size:7pt;line-height:1.3}.simulated{font-size:7pt;padding:0 4px}a{color:inherit}details::details-content{content-visibility:visible;height:auto;overflow:visible}.facts{grid-template-columns:repeat(5,1fr)}.facts .v{font-size:14pt}.facts .k,.facts .s{font-size:8.5pt}.grid2:not(.wide){grid-template-columns:repeat(3,1fr)}}
        """;
}
