using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ActorOrchestrator.EndToEnd.Tests.Harness;

/// <summary>A real kubectl of one version, in one namespace, with its own home (its discovery cache).</summary>
internal sealed class Kubectl(string kubeconfig, string version, string home, string? ns)
{
    public const string New = "1.35";
    public const string Old = "1.20";

    private static readonly TimeSpan WaitMargin = TimeSpan.FromSeconds(30);

    public string Namespace => ns ?? "default";

    public Kubectl In(string? other) => new(kubeconfig, version, home, other);

    public Task<Output> RunAsync(params string[] arguments) => RunAsync(arguments, input: "");

    public async Task<Output> OkAsync(params string[] arguments) => (await RunAsync(arguments)).Ok();

    public async Task<Output> RunAsync(
        string[] arguments, string input, TimeSpan? timeout = null,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        var all = Environment();
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            all[name] = value;
        }

        return await Tool.RunAsync(Places.Client($"kubectl-{version}"), Arguments(arguments), all, input, timeout);
    }

    /// <summary>kubectl apply (or another verb that takes -f) of a manifest given as text.</summary>
    public async Task<Output> ApplyAsync(string manifest, params string[] more) =>
        (await RunAsync(["apply", "-f", "-", .. more], manifest)).Ok();

    public async Task<Output> CreateAsync(string manifest, params string[] more) =>
        (await RunAsync(["create", "-f", "-", .. more], manifest)).Ok();

    public async Task<JsonNode> JsonAsync(params string[] arguments)
    {
        var output = await OkAsync([.. arguments, "-o", "json"]);
        return JsonNode.Parse(output.Text) ?? throw new InvalidOperationException($"null from {output}");
    }

    public async Task<string> PathAsync(string resource, string jsonpath) =>
        (await OkAsync("get", resource, "-o", $"jsonpath={{{jsonpath}}}")).Text;

    /// <summary>kubectl rollout status, which ends when the rollout is complete.</summary>
    public async Task RolledOutAsync(string deployment, int seconds = 120) =>
        (await RunAsync(
            ["rollout", "status", $"deployment/{deployment}", $"--timeout={seconds}s"], "",
            TimeSpan.FromSeconds(seconds) + WaitMargin)).Ok();

    public async Task WaitAsync(string resource, string condition, int seconds = 90, params string[] more) =>
        (await RunAsync(
            ["wait", resource, $"--for={condition}", $"--timeout={seconds}s", .. more], "",
            TimeSpan.FromSeconds(seconds) + WaitMargin)).Ok();

    /// <summary>What kubectl describe shows of an object, when it shows all parts: Events come a moment after what
    /// they tell of.</summary>
    public Task<Output> DescribesAsync(string[] what, params string[] parts) => Eventually.BecomesAsync(
        $"describe {string.Join(' ', what)} to show {string.Join(", ", parts)}",
        () => OkAsync(["describe", .. what]), output => parts.All(output.Text.Contains));

    /// <summary>A kubectl that runs until it is disposed (get -w, logs -f), with its lines so far.</summary>
    public Following Follow(params string[] arguments) =>
        new(Tool.Start(Places.Client($"kubectl-{version}"), Arguments(arguments), Environment()));

    /// <summary>The command for a shell; what needs quotes among the arguments has them.</summary>
    public string Line(params string[] arguments) =>
        string.Join(' ', [Places.Client($"kubectl-{version}"), .. Arguments(arguments)]);

    public IReadOnlyDictionary<string, string?> Variables => Environment();

    private List<string> Arguments(string[] arguments) =>
        ns is null ? [.. arguments] : ["--namespace", ns, .. arguments];

    private Dictionary<string, string?> Environment() =>
        new() { ["KUBECONFIG"] = kubeconfig, ["HOME"] = home, ["KUBE_EDITOR"] = null, ["EDITOR"] = null };
}

internal sealed class Following : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];

    public Following(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public IReadOnlyList<string> Lines
    {
        get { lock (_lines)
        {
            return [.. _lines];
        }
        }
    }

    public bool HasEnded => _process.HasExited;

    public Task SeesAsync(string what, Func<IReadOnlyList<string>, bool> accept, TimeSpan? within = null) =>
        Eventually.BecomesAsync(what, () => Task.FromResult(Lines), accept, within);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            _lines.Add(line);
        }
    }
}
