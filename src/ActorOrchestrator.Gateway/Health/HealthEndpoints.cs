using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Gateway.Errors;
using ActorOrchestrator.Gateway.Server;
using ActorOrchestrator.Gateway.Wire;
using Microsoft.AspNetCore.Http;

namespace ActorOrchestrator.Gateway.Health;

/// <summary><c>/livez</c>, <c>/readyz</c>, <c>/healthz</c>: <c>ok</c>, or 500 with the list of checks; <c>?verbose</c>
/// lists them always, <c>?exclude=name</c> leaves one out, and each has a path of its own, as in
/// kube-apiserver.</summary>
internal sealed class HealthEndpoints
{
    private readonly IReadOnlyList<HealthCheck> _checks;

    public HealthEndpoints(IReadOnlyList<HealthCheck> checks, Func<bool> isLeaving) => _checks =
    [
        new("ping", () => null, Live: true),
        .. checks,
        new("shutdown", () => isLeaving() ? "process is shutting down" : null),
    ];

    public IEnumerable<PathEndpoint> Endpoints =>
    [
        new("/livez", Below: true, (http, name, _) => ServeAsync(http, "livez", name, liveOnly: true)),
        new("/readyz", Below: true, (http, name, _) => ServeAsync(http, "readyz", name, liveOnly: false)),
        new("/healthz", Below: true, (http, name, _) => ServeAsync(http, "healthz", name, liveOnly: true)),
    ];

    private Task ServeAsync(HttpContext http, string path, string name, bool liveOnly)
    {
        var excluded = http.Request.Query["exclude"];
        var checks = _checks.Where(check => (!liveOnly || check.Live) && !excluded.Contains(check.Name)).ToList();
        if (name.Length > 0)
        {
            checks = [.. checks.Where(check => check.Name == name)];
            if (checks.Count == 0)
            {
                throw Failure.NoSuchResource();
            }
        }

        var report = new StringBuilder();
        var failed = false;
        foreach (var check in checks)
        {
            var problem = check.Problem();
            failed |= problem is not null;
            report.Append(problem is null ? $"[+]{check.Name} ok\n" : $"[-]{check.Name} failed: {problem}\n");
        }

        var verbose = http.Request.Query.ContainsKey("verbose");
        report.Append($"{path} check {(failed ? "failed" : "passed")}\n");
        var text = failed || verbose ? report.ToString() : "ok";
        return ResponseWriter.SendAsync(
            http, failed ? HttpCode.InternalServerError : HttpCode.Ok, "text/plain; charset=utf-8",
            Encoding.UTF8.GetBytes(text));
    }
}
