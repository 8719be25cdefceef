using System.Diagnostics;
using System.Globalization;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Members;

/// <summary>
/// A cable that takes its time and loses packets, between a machine's port and the bridge. Kernels without sch_netem
/// have nothing that delays; so a process (<c>slow_link.py</c>) carries the frames between two interfaces of its own:
/// <code>
///   bridge ── tap ── slow_link.py ── tap ── another bridge ── the machine's port
/// </code>
/// </summary>
internal sealed class SlowLink : IAsyncDisposable
{
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(10);

    private readonly Process _carrier;
    private readonly string _port;
    private readonly string _bridge;
    private readonly string _other;

    private SlowLink(Process carrier, string port, string bridge, string other) =>
        (_carrier, _port, _bridge, _other) = (carrier, port, bridge, other);

    /// <param name="port">The machine's, which is on the bridge.</param>
    /// <param name="bridge">Where all machines meet.</param>
    /// <param name="other">The name of the bridge that is made.</param>
    /// <param name="delay">What each frame takes, either way.</param>
    /// <param name="loss">The share that is lost, either way.</param>
    public static async Task<SlowLink> PutAsync(string port, string bridge, string other, TimeSpan delay, double loss)
    {
        await RunAsync("link", "add", other, "type", "bridge");
        await RunAsync("link", "set", other, "up");
        string[] arguments =
        [
            Path.Combine(Places.Repository, "tests/EndToEnd.Tests/Members/slow_link.py"), Tap(other, "a"),
            Tap(other, "b"), delay.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            loss.ToString(CultureInfo.InvariantCulture),
        ];
        var link = new SlowLink(Tool.Start("python3", arguments, environment: null), port, bridge, other);
        try
        {
            var said = await link._carrier.StandardOutput.ReadLineAsync().WaitAsync(EndBound);
            Assert.True(said == "ready", $"slow_link.py: {said}");
            await link.EnterAsync(Tap(other, "a"), bridge);
            await link.EnterAsync(Tap(other, "b"), other);
            await link.EnterAsync(port, other);
            return link;
        }
        catch (Exception)
        {
            await link.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts the good cable back.</summary>
    public async ValueTask DisposeAsync()
    {
        // A port whose machine is gone is nobody's.
        await Tool.RunAsync("ip", ["link", "set", _port, "master", _bridge]);
        _carrier.StandardInput.Close();
        using var deadline = new CancellationTokenSource(EndBound);
        await _carrier.WaitForExitAsync(deadline.Token);
        _carrier.Dispose();
        await Tool.RunAsync("ip", ["link", "del", _other]);
    }

    private static string Tap(string other, string end) => $"{other}{end}";

    private async Task EnterAsync(string end, string bridge)
    {
        Assert.False(_carrier.HasExited, "slow_link.py has ended");
        await RunAsync("link", "set", end, "master", bridge, "up");
    }

    private static async Task RunAsync(params string[] arguments) => (await Tool.RunAsync("ip", arguments)).Ok();
}
