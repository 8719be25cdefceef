using System.Net;
using System.Text;
using ActorOrchestrator.Api;
using ActorOrchestrator.Api.Serialization;
using ActorOrchestrator.Gateway.Listing;
using ActorOrchestrator.Host.Remote;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorOrchestrator.Host.Tests;

/// <summary>Members of a control plane that answer as a test says, and what they were asked.</summary>
internal sealed class ScriptedApi(Func<string, string, HttpResponseMessage> answer) : HttpMessageHandler
{
    private readonly List<string> _asked = [];
    private readonly List<string> _seen = [];

    /// <summary>Host, method, path and query of each request, and its body.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_asked)
            {
                return [.. _asked];
            }
        }
    }

    /// <summary>The newest version that each request says its machine has seen.</summary>
    public IReadOnlyList<string> Seen
    {
        get
        {
            lock (_asked)
            {
                return [.. _seen];
            }
        }
    }

    public ApiCalls Calls(params string[] members) => Calls(NullLogger.Instance, TimeProvider.System, members);

    public ApiCalls Calls(ILogger log, TimeProvider time, params string[] members) => new(
        [.. members.Select(member => new Uri($"https://{member}"))], () => this, 0, time, log);

    public static HttpResponseMessage Json(object value) => Body(Encoding.UTF8.GetString(KubeJson.Encode(value)));

    public static HttpResponseMessage Body(string text) => new(HttpStatusCode.OK)
    {
        Content = new StringContent(text, Encoding.UTF8, "application/json"),
    };

    public static HttpResponseMessage Code(int code) => new((HttpStatusCode)code)
    {
        Content = new ByteArrayContent(KubeJson.Encode(Statuses.Failure(code, "Reason", "as the test says"))),
    };

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var uri = request.RequestUri!;
        var line = $"{uri.Host} {request.Method} {Uri.UnescapeDataString(uri.PathAndQuery)}";
        lock (_asked)
        {
            _asked.Add($"{line} {body}".TrimEnd());
            _seen.Add(request.Headers.TryGetValues(SeenVersion.Header, out var seen) ? seen.Single() : "");
        }

        return answer(line, body);
    }
}
