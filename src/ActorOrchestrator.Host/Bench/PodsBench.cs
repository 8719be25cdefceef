using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ActorOrchestrator.Host.Serving;

namespace ActorOrchestrator.Host.Bench;

/// <summary>
/// Times real pods on a running cluster, beside <c>ctr run</c> of the same image on the same containerd: one pod from
/// POST to Running, twenty by a Deployment to all ready, a killed container to running again, a deleted pod to its
/// replacement ready. Everything that it makes has the prefix <c>bench-</c> and is removed again.
/// </summary>
internal sealed class PodsBench(BenchClient client, string socket, TextWriter output)
{
    private const int Rounds = 10;
    private const string Pods = "/api/v1/namespaces/default/pods";
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    public async Task RunAsync(CancellationToken stop)
    {
        var ctr = await MeasureAsync(i => RunCtrAsync(i, stop));
        output.WriteLine($"ctr run, to its end           {ctr}");
        var pod = await MeasureAsync(i => OnePodAsync($"bench-one-{i}", stop));
        output.WriteLine($"one pod, POST to Running      {pod}; {pod.Share(0.5) / ctr.Share(0.5):0.00} of ctr run");
        var killed = await MeasureAsync(i => KillAsync($"bench-kill-{i}", stop));
        output.WriteLine($"container killed to running   {killed}");
        var replaced = await MeasureAsync(i => ReplaceAsync($"bench-replace-{i}", stop));
        output.WriteLine($"pod deleted to replaced       {replaced}");
        var twenty = new Figures();
        for (var i = 0; i < 3; i++)
        {
            twenty.Add(await TwentyAsync($"bench-twenty-{i}", stop));
        }

        output.WriteLine($"20 pods, POST to all ready    {twenty}");
    }

    private static async Task<Figures> MeasureAsync(Func<int, Task<TimeSpan>> round)
    {
        var figures = new Figures();
        for (var i = 0; i < Rounds; i++)
        {
            figures.Add(await round(i));
        }

        return figures;
    }

    private async Task<TimeSpan> RunCtrAsync(int number, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        await CtrAsync(["run", "--rm", "docker.io/library/busybox:latest", $"bench-ctr-{number}", "true"], stop);
        return watch.Elapsed;
    }

    private async Task<TimeSpan> OnePodAsync(string name, CancellationToken stop)
    {
        var running = UntilAsync($"{Pods}?watch=1&fieldSelector=metadata.name={name}", IsRunning, stop);
        var watch = Stopwatch.StartNew();
        await client.PostAsync(Pods, Pod(name), stop);
        await running;
        var took = watch.Elapsed;
        await client.DeleteAsync($"{Pods}/{name}?gracePeriodSeconds=0", stop);
        return took;
    }

    private async Task<TimeSpan> KillAsync(string name, CancellationToken stop)
    {
        var running = UntilAsync($"{Pods}?watch=1&fieldSelector=metadata.name={name}", IsRunning, stop);
        await client.PostAsync(Pods, Pod(name), stop);
        await running;
        var pod = await client.GetAsync($"{Pods}/{name}", stop);
        var id = ContainerOf(pod)!.Value.GetProperty("containerID").GetString()!.Split("://")[1];
        var again = UntilAsync(
            $"{Pods}?watch=1&fieldSelector=metadata.name={name}",
            now => IsRunning(now) && ContainerOf(now)!.Value.GetProperty("restartCount").GetInt32() == 1, stop);
        var watch = Stopwatch.StartNew();
        await CtrAsync(["task", "kill", "-s", "SIGKILL", id], stop);
        await again;
        var took = watch.Elapsed;
        await client.DeleteAsync($"{Pods}/{name}?gracePeriodSeconds=0", stop);
        return took;
    }

    private async Task<TimeSpan> ReplaceAsync(string name, CancellationToken stop)
    {
        await client.PostAsync(Deployments, Deployment(name, 1, "nginx:1.25", ""), stop);
        var first = await UntilAsync($"{Pods}?watch=1&labelSelector=app={name}", IsReady, stop);
        var uid = UidOf(first);
        var replaced = UntilAsync(
            $"{Pods}?watch=1&labelSelector=app={name}", now => UidOf(now) != uid && IsReady(now), stop);
        var watch = Stopwatch.StartNew();
        await client.DeleteAsync($"{Pods}/{first.GetProperty("metadata").GetProperty("name").GetString()}", stop);
        await replaced;
        var took = watch.Elapsed;
        await client.DeleteAsync($"{Deployments}/{name}", stop);
        return took;
    }

    private async Task<TimeSpan> TwentyAsync(string name, CancellationToken stop)
    {
        const int replicas = 20;
        var ready = UntilAsync(
            $"{Deployments}?watch=1&fieldSelector=metadata.name={name}",
            now => now.GetProperty("status").TryGetProperty("readyReplicas", out var count)
                && count.GetInt32() == replicas,
            stop);
        var watch = Stopwatch.StartNew();
        await client.PostAsync(
            Deployments, Deployment(name, replicas, "busybox", """, "command": ["sleep", "3600"]"""), stop);
        await ready;
        var took = watch.Elapsed;
        await client.DeleteAsync($"{Deployments}/{name}", stop);
        await UntilNoneAsync(name, stop);
        return took;
    }

    /// <summary>So that the next round does not share the machine with pods that are still stopping.</summary>
    private async Task UntilNoneAsync(string name, CancellationToken stop)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(WaitMax);
        while ((await client.GetAsync($"{Pods}?labelSelector=app={name}", timeout.Token))
            .GetProperty("items").GetArrayLength() > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), timeout.Token);
        }
    }

    private async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> isDone, CancellationToken stop)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stop);
        timeout.CancelAfter(WaitMax);
        await foreach (var change in client.WatchAsync(path, timeout.Token))
        {
            var value = change.GetProperty("object");
            if (change.GetProperty("type").GetString() is "ADDED" or "MODIFIED" && isDone(value))
            {
                return value;
            }
        }

        throw new ServerStartException($"the watch {path} ended before what it waited for");
    }

    private async Task CtrAsync(string[] arguments, CancellationToken stop)
    {
        using var process =
            Process.Start(new ProcessStartInfo("ctr", ["--address", socket, "-n", "k8s.io", .. arguments])
        {
            RedirectStandardError = true,
        })!;
        var errors = await process.StandardError.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        if (process.ExitCode != 0)
        {
            throw new ServerStartException($"ctr {string.Join(' ', arguments)}: {errors}");
        }
    }

    private static JsonElement? ContainerOf(JsonElement pod) =>
        pod.GetProperty("status").TryGetProperty("containerStatuses", out var statuses) && statuses.GetArrayLength() > 0
            ? statuses[0]
            : null;

    private static bool IsRunning(JsonElement pod) =>
        ContainerOf(pod) is { } container && container.GetProperty("state").TryGetProperty("running", out _);

    private static bool IsReady(JsonElement pod) =>
        ContainerOf(pod) is { } container && container.GetProperty("ready").GetBoolean();

    private static string UidOf(JsonElement value) => value.GetProperty("metadata").GetProperty("uid").GetString()!;

    private static string Pod(string name) =>
        """
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"NAME"},"spec":{"containers":[{"name":"main",
        "image":"busybox","imagePullPolicy":"IfNotPresent","command":["sleep","3600"]}]}}
        """.Replace("NAME", name, StringComparison.Ordinal);

    private static string Deployment(string name, int replicas, string image, string more) =>
        """
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"NAME"},"spec":{"replicas":REPLICAS,
        "selector":{"matchLabels":{"app":"NAME"}},"template":{"metadata":{"labels":{"app":"NAME"}},"spec":{
        "terminationGracePeriodSeconds":1,
        "containers":[{"name":"main","image":"IMAGE","imagePullPolicy":"IfNotPresent" MORE}]}}}}
        """
            .Replace("NAME", name, StringComparison.Ordinal)
            .Replace("REPLICAS", replicas.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("IMAGE", image, StringComparison.Ordinal)
            .Replace("MORE", more, StringComparison.Ordinal);
}
