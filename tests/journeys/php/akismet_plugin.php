<?php
// The Akismet plugin of a WordPress installation, without its database or pages:
//   php akismet_plugin.php WORDPRESS MU_PLUGIN < TASK
// TASK is JSON: url (of Weir), key, post (what the visitor's form sent), server (extra headers),
// comment. Printed as JSON: what the plugin makes of the key, and what becomes of the comment.

[ , $wordpress, $mu_plugin ] = $argv;
$task    = json_decode( stream_get_contents( STDIN ), true );
$options = [
	'home'                  => 'https://boats.example',
	'blog_charset'          => 'UTF-8',
	'wordpress_api_key'     => $task['key'],
	'akismet_comment_nonce' => 'inactive',
	'akismet_strictness'    => '1', // discard what may be discarded
	'akismet_spam_count'    => 0,
];

define( 'ABSPATH', "$wordpress/" );
define( 'WPINC', 'wp-includes' );
define( 'WP_CONTENT_DIR', sys_get_temp_dir() );
define( 'WP_DEBUG', false );
define( 'WEIR_URL', $task['url'] );

foreach ( [ 'version', 'load', 'class-wp-error', 'plugin', 'functions', 'formatting', 'kses', 'http', 'class-http',
	'class-wp-http-streams', 'class-wp-http-curl', 'class-wp-http-proxy', 'class-wp-http-cookie',
	'class-wp-http-encoding', 'class-wp-http-response', 'class-wp-http-requests-response',
	'class-wp-http-requests-hooks' ] as $part ) {
	require_once ABSPATH . WPINC . "/$part.php";
}

// What the database, the theme and the visitor would say.
add_filter( 'pre_option', fn( $_value, $name ) => $GLOBALS['options'][ $name ] ?? '', 10, 2 );
add_filter( 'pre_update_option', fn( $_new, $_name, $old ) => $old, 10, 3 );
function is_user_logged_in() { return false; }
function get_bloginfo( $what ) { return 'version' === $what ? $GLOBALS['wp_version'] : get_option( 'home' ); }
function get_locale() { return 'en_US'; }
function get_permalink() { return 'https://boats.example/regatta'; }
function get_post() { return (object) [ 'ID' => 7, 'post_modified_gmt' => '2026-05-19 09:30:00' ]; }
function current_user_can() { return false; }
function wp_next_scheduled() { return true; }
function wp_schedule_event() {}
function wp_schedule_single_event() {}
function wp_clear_scheduled_hook() {}
function wp_filter_comment( $comment ) { return $comment; }
function set_url_scheme( $url, $scheme ) { return preg_replace( '#^\w+#', $scheme, $url ); }
function home_url() { return get_option( 'home' ); }
function wp_cache_get() { return false; }
function wp_cache_set() {}
function __( $text ) { return $text; }
function esc_html__( $text ) { return $text; }
function wp_safe_redirect() { finish( 'discarded' ); }

define( 'AKISMET_VERSION', '5' );
require ABSPATH . 'wp-content/plugins/akismet/class.akismet.php';
require $mu_plugin;

function finish( $comment ) {
	echo json_encode( [ 'key' => $GLOBALS['status'], 'comment' => $comment ] );
	exit;
}

$_POST   = $task['post'];
$_SERVER = array_merge( $_SERVER, $task['server'], [ 'REMOTE_ADDR' => '192.0.2.7' ] );
$comment = $task['comment'] + [ 'comment_post_ID' => 7, 'comment_type' => 'comment' ];
$status  = Akismet::verify_key( $task['key'] );
Akismet::auto_check_comment( $comment );
finish( Akismet::last_comment_status( 'as before', $comment ) );
