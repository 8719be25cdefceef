using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipes;
using ActorOrchestrator.Host.Serving;
using Microsoft.Extensions.Logging.Abstractions;
using Tmds.DBus.Protocol;

namespace ActorOrchestrator.Host.Tests;

/// <summary>On a bus of the test's own, with something in the place of logind.</summary>
public sealed class LogindTests : IAsyncLifetime
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bus-");
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _bus;
    private Login1? _login1;
    private Task _following = Task.CompletedTask;

    private string Address => $"unix:path={_directory.FullName}/socket";

    public async ValueTask InitializeAsync()
    {
        _bus = Process.Start(new ProcessStartInfo(
            "dbus-daemon", ["--session", "--nofork", "--nopidfile", $"--address={Address}", "--print-address"])
        {
            RedirectStandardOutput = true,
        })!;
        Assert.NotNull(await _bus.StandardOutput.ReadLineAsync());
        _login1 = await Login1.StartAsync(Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following.WaitAsync(Bound);
        _login1?.Dispose();
        _bus!.Kill();
        await _bus.WaitForExitAsync();
        _bus.Dispose();
        _stop.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_shutdown_is_held_up_until_the_pods_have_ended()
    {
        Follow();
        var held = await _login1!.NextLockAsync();
        Assert.Equal("shutdown ActorOrchestrator delay", held.Asked);
        _login1.Prepare(begins: true);
        await WithinAsync(_asked.Task);
        Assert.False(held.Released.IsCompleted);
        _ended.SetResult();
        await WithinAsync(held.Released);
    }

    [Fact]
    public async Task What_cannot_be_ended_holds_nothing_up_and_after_a_shutdown_that_was_called_off_comes_another()
    {
        _ended.SetException(new InvalidOperationException("no agent runs"));
        Follow();
        var first = await _login1!.NextLockAsync();
        _login1.Prepare(begins: true);
        await WithinAsync(first.Released);
        _login1.Prepare(begins: false);
        var second = await _login1.NextLockAsync();
        Assert.False(second.Released.IsCompleted);
        await _stop.CancelAsync();
        await WithinAsync(second.Released);
    }

    private static Task WithinAsync(Task task) => task.WaitAsync(Bound, TestContext.Current.CancellationToken);

    private void Follow() => _following = new Logind(
        Address,
        async stop =>
        {
            _asked.TrySetResult();
            await _ended.Task.WaitAsync(stop);
        },
        TimeProvider.System, NullLogger.Instance).FollowAsync(_stop.Token);

    /// <summary>A lock that somebody has; <paramref name="Released"/> ends when its last holder has let go.</summary>
    private sealed record Lock(string Asked, Task Released);

    private sealed class Login1 : IPathMethodHandler, IDisposable
    {
        private readonly DBusConnection _connection;
        private readonly ConcurrentQueue<Lock> _locks = new();
        private readonly SemaphoreSlim _taken = new(0);
        private readonly List<IDisposable> _pipes = [];

        private Login1(string address) => _connection = new DBusConnection(address);

        public string Path => "/org/freedesktop/login1";

        public bool HandlesChildPaths => false;

        public static async Task<Login1> StartAsync(string address)
        {
            var login1 = new Login1(address);
            await login1._connection.ConnectAsync();
            login1._connection.AddMethodHandler(login1);
            await login1._connection.RequestNameAsync("org.freedesktop.login1", RequestNameOptions.Default);
            return login1;
        }

        public async Task<Lock> NextLockAsync()
        {
            Assert.True(await _taken.WaitAsync(Bound));
            return _locks.TryDequeue(out var taken) ? taken : throw new InvalidOperationException("no lock");
        }

        public void Prepare(bool begins)
        {
            using var writer = _connection.GetMessageWriter();
            writer.WriteSignalHeader(null, Path, "org.freedesktop.login1.Manager", "PrepareForShutdown", "b");
            writer.WriteBool(begins);
            Assert.True(_connection.TrySendMessage(writer.CreateMessage()));
        }

        public ValueTask HandleMethodAsync(MethodContext context)
        {
            switch (context.Request.MemberAsString)
            {
                case "Inhibit":
                    Inhibit(context);
                    break;
                case "Get":
                    using (var writer = context.CreateReplyWriter("v"))
                    {
                        writer.WriteVariantUInt64(5_000_000);
                        context.Reply(writer.CreateMessage());
                    }

                    break;
                default:
                    context.ReplyUnknownMethodError();
                    break;
            }

            return ValueTask.CompletedTask;
        }

        public void Dispose()
        {
            _connection.Dispose();
            _taken.Dispose();
            _pipes.ForEach(pipe => pipe.Dispose());
        }

        /// <summary>As logind: who has the lock has the writing end of a pipe.</summary>
        private void Inhibit(MethodContext context)
        {
            var reader = context.Request.GetBodyReader();
            var words = new string[4];
            for (var i = 0; i < words.Length; i++)
            {
                words[i] = reader.ReadString();
            }

            var pipe = new AnonymousPipeServerStream(PipeDirection.In);
            _pipes.Add(pipe);
            using (var writer = context.CreateReplyWriter("h"))
            {
                writer.WriteHandle(pipe.ClientSafePipeHandle);
                context.Reply(writer.CreateMessage());
            }

            _locks.Enqueue(new Lock($"{words[0]} {words[1]} {words[3]}", pipe.ReadAsync(new byte[1]).AsTask()));
            _taken.Release();
        }
    }
}
