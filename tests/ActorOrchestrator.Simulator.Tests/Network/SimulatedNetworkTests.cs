using ActorOrchestrator.Simulator.Network;

namespace ActorOrchestrator.Simulator.Tests.Network;

public sealed class SimulatedNetworkTests
{
    private static readonly TimeSpan CallMax = TimeSpan.FromSeconds(10);

    private readonly WiredHosts _hosts = new();
    private readonly List<string> _heard = [];
    private CancellationToken _patience = CancellationToken.None;
    private int _served;

    [Fact]
    public void A_call_is_answered_in_the_process_that_asked()
    {
        Ask();
        _hosts.Pass(1);

        Assert.Equal(["pong"], _heard);
        Assert.Equal(1, _served);
    }

    [Fact]
    public void A_refusal_comes_back_in_its_words()
    {
        Ask(serve: () => throw new IOException("the server is starting"));
        _hosts.Pass(1);

        Assert.Equal(["the server is starting"], _heard);
    }

    [Fact]
    public void A_dead_process_refuses_connections()
    {
        _hosts.Server.Kill();

        Ask();
        _hosts.Pass(1);

        Assert.Equal(["connection refused"], _heard);
    }

    [Fact]
    public void A_process_that_dies_meanwhile_resets_the_connection()
    {
        Ask(serve: () => new TaskCompletionSource<string>().Task);
        _hosts.Pass(1);

        _hosts.Server.Kill();
        _hosts.Pass(1);

        Assert.Equal(["connection reset"], _heard);
    }

    [Fact]
    public void Who_hears_nothing_gives_up_in_time()
    {
        Ask(serve: () => new TaskCompletionSource<string>().Task);

        _hosts.Pass(9.9);
        Assert.Empty(_heard);

        _hosts.Pass(0.2);
        Assert.Equal(["no answer within 10 s"], _heard);
    }

    [Fact]
    public void Who_cancels_waits_no_more_and_leaves_no_timer()
    {
        using var cancellation = new CancellationTokenSource();
        _patience = cancellation.Token;
        Ask(serve: () => new TaskCompletionSource<string>().Task);
        _hosts.Pass(1);

        _hosts.Client.Enter(cancellation.Cancel);
        _hosts.Pass(1);

        Assert.Equal(["canceled"], _heard);
        Assert.Equal(0, _hosts.Client.Clock.TimersArmed);
    }

    [Fact]
    public void A_cut_has_a_direction()
    {
        _hosts.Network.Cut("server-host", "client-host");

        Ask();
        _hosts.Pass(11);
        Assert.Equal(1, _served);
        Assert.Equal(["no answer within 10 s"], _heard);

        _hosts.Network.Mend("server-host", "client-host");
        _hosts.Network.Cut("client-host", "server-host");
        Ask();
        _hosts.Pass(11);
        Assert.Equal(1, _served);

        _hosts.Network.MendAll();
        Ask();
        _hosts.Pass(1);
        Assert.Equal("pong", _heard[^1]);
    }

    [Fact]
    public void What_may_be_done_twice_is_done_twice_and_answered_once()
    {
        _hosts.Weather = NetworkWeather.Fair with { DoubleChance = 1 };

        Ask();
        _hosts.Pass(1);
        Assert.Equal((2, 1), (_served, _heard.Count));

        Ask(isIdempotent: false);
        _hosts.Pass(1);
        Assert.Equal((3, 2), (_served, _heard.Count));
        Assert.Equal(1, _hosts.Faults["request doubled"]);
    }

    [Fact]
    public void A_share_of_the_messages_is_lost()
    {
        _hosts.Weather = NetworkWeather.Fair with { LossChance = 0.25 };
        var arrived = 0;

        for (var i = 0; i < 1_000; i++)
        {
            _hosts.Network.Send(_hosts.Client, _hosts.Server, () => arrived++);
        }

        _hosts.Pass(1);

        Assert.InRange(arrived, 650, 850);
        Assert.Equal(1_000 - arrived, _hosts.Faults["message lost"]);
    }

    [Fact]
    public void Late_messages_are_overtaken()
    {
        _hosts.Weather = NetworkWeather.Fair with { LateChance = 0.2 };
        var arrived = new List<int>();

        for (var i = 0; i < 100; i++)
        {
            var number = i;
            _hosts.Network.Send(_hosts.Client, _hosts.Server, () => arrived.Add(number));
            _hosts.Pass(0.01);
        }

        _hosts.Pass(5);

        Assert.Equal(Enumerable.Range(0, 100), arrived.Order());
        Assert.NotEqual(Enumerable.Range(0, 100), arrived);
        Assert.InRange(_hosts.Faults["message late"], 5, 40);
    }

    private void Ask(Func<Task<string>>? serve = null, bool isIdempotent = true) =>
        _hosts.Client.Start(async () =>
        {
            try
            {
                _heard.Add(await _hosts.Network.CallAsync(
                    _hosts.Client, _hosts.Server, serve ?? Pong, isIdempotent, CallMax, _patience));
            }
            catch (IOException failed)
            {
                _heard.Add(failed.Message);
            }
            catch (OperationCanceledException)
            {
                _heard.Add("canceled");
            }
        });

    private Task<string> Pong()
    {
        _served++;
        return Task.FromResult("pong");
    }
}
