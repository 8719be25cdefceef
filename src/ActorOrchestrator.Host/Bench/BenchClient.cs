using System.Net.Http.Headers;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using ActorOrchestrator.Gateway.Logs;
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
        var lines = File.ReadAllLines(kubeconfig).Select(line => line.Trim().Split(": ", 2))
            .Where(parts => parts.Length == 2).ToLookup(parts => parts[0].TrimStart('-', ' '), parts => parts[1]);
        string Pem(string key) => Encoding.UTF8.GetString(Convert.FromBase64String(lines[key].First()));
        using var pem = X509Certificate2.CreateFromPem(Pem("client-certificate-data"), Pem("client-key-data"));
        var authority = X509Certificate2.CreateFromPem(Pem("certificate-authority-data"));
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null)],
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        return new BenchClient(new HttpClient(handler)
        {
            BaseAddress = new Uri(lines["server"].First()),
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
