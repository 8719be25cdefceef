using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using ActorOrchestrator.Gateway.Logs;
using ActorOrchestrator.Host.Clients;
using ActorOrchestrator.Host.Serving;

namespace ActorOrchestrator.Host.Bench;

/// <summary>A plain HTTP client of the API, by the administrator's kubeconfig.</summary>
internal sealed class BenchClient : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _http;

    private BenchClient(HttpClient http) => _http = http;

    public static BenchClient Open(string kubeconfig)
    {
        var config = KubeconfigFile.Read(kubeconfig);
        return new BenchClient(new HttpClient(ApiConnection.HandlerOf(config))
        {
            BaseAddress = config.Server,
            DefaultRequestVersion = new Version(2, 0),
        });
    }

    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellation)
    {
        using var response = await _http.GetAsync(path, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        return response.IsSuccessStatusCode
            ? JsonElement.Parse(text)
            : throw new ServerStartException($"GET {path}: {(int)response.StatusCode} {text}");
    }

    public async Task DeleteAsync(string path, CancellationToken cancellation)
    {
        using var response = await _http.DeleteAsync(path, cancellation);
        if (!response.IsSuccessStatusCode && response.StatusCode != System.Net.HttpStatusCode.NotFound)
        {
            throw new ServerStartException($"DELETE {path}: {(int)response.StatusCode}");
        }
    }

    /// <summary>The events of a watch, as they come.</summary>
    public async IAsyncEnumerable<JsonElement> WatchAsync(
        string path, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var response = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellation);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellation));
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            yield return JsonElement.Parse(line);
        }
    }

    public async Task PostAsync(string path, string body, CancellationToken cancellation)
    {
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = Json;
        using var response = await _http.PostAsync(path, content, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            throw new ServerStartException(
                $"POST {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellation)}");
        }
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>Simulated machines have no logs.</summary>
internal sealed class NoLogs : INodeLogs
{
    public static readonly NoLogs Instance = new();

    public ValueTask<NodeLog> OpenAsync(Api.Core.Pod pod, LogQuery query, CancellationToken cancellation) =>
        ValueTask.FromResult<NodeLog>(new NodeLog.Refused(Api.Statuses.BadRequest("simulated pods have no logs")));
}
