{
  # The same binaries as CMakeLists.txt builds, from the same source list, for prebuildify and node-gyp.
  'includes': ['sources.gypi'],
  'target_defaults': {
    'include_dirs': ['.'],
    'cflags!': ['-fno-exceptions'],
    'cflags_cc!': ['-fno-exceptions', '-fno-rtti', '-std=gnu++17', '-std=gnu++20'],
    'cflags_cc': [
      '-std=c++20', '-fexceptions', '-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Wshadow', '-Werror',
      '-fvisibility=hidden', '-fvisibility-inlines-hidden', '-fstack-protector-strong',
    ],
    'defines': ['NDEBUG'],
    'xcode_settings': {
      'CLANG_CXX_LANGUAGE_STANDARD': 'c++20',
      'GCC_ENABLE_CPP_EXCEPTIONS': 'YES',
      'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
      'MACOSX_DEPLOYMENT_TARGET': '11.0',
    },
    'conditions': [
      ['OS=="linux"', { 'ldflags': ['-Wl,-z,relro,-z,now,-z,noexecstack'] }],
      ['OS=="win"', {
        'defines': ['WIN32_LEAN_AND_MEAN', 'NOMINMAX', '_WIN32_WINNT=0x0A00'],
        'libraries': ['-lole32.lib', '-ladvapi32.lib', '-liphlpapi.lib'],
      }],
    ],
  },
  'targets': [
    {
      'target_name': 'eaphost',
      'includes': ['native/msvc.gypi'],
      'sources': [
        '<@(addon_sources)', '<@(system_sources)', '<@(threads_sources)', '<@(stream_sources)',
        '<@(method_driver_sources)', '<@(method_sources)', '<@(supplicant_sources)', '<@(values_sources)',
        '<@(platform_sources)',
      ],
      'defines': ['<@(eaphost_defines)'],
      # As system headers: the warnings that we make errors are not theirs to obey.
      'cflags_cc': ['-isystem', '<!(node -p "require(\'path\').resolve(require(\'node-addon-api\').include_dir)")'],
      'conditions': [
        ['OS=="win"', {
          'msvs_settings': {
            'VCCLCompilerTool': {
              'AdditionalOptions': [
                '/external:I"<!(node -p "require(\'path\').resolve(require(\'node-addon-api\').include_dir)")"',
              ],
            },
          },
        }],
        ['OS=="mac"', {
          'include_dirs': ['<!(node -p "require(\'path\').resolve(require(\'node-addon-api\').include_dir)")'],
        }],
      ],
    },
    {
      'target_name': 'eapembedded',
      'includes': ['native/msvc.gypi'],
      'type': 'loadable_module',
      'win_delay_load_hook': 'false',
      'product_prefix': '',
      'sources': ['<@(embedded_sources)', '<@(method_sources)', '<@(values_sources)', '<@(platform_sources)'],
      # node-gyp makes a .node of every loadable module in its own target conditions; these come after them.
      'target_conditions': [
        ['OS=="win"', { 'product_extension': 'dll' }],
        ['OS=="mac"', { 'product_extension': 'dylib' }],
        ['OS=="linux"', { 'product_extension': 'so' }],
      ],
    },
    {
      'target_name': 'eapshim',
      'includes': ['native/msvc.gypi'],
      'type': 'loadable_module',
      'win_delay_load_hook': 'false',
      'product_prefix': '',
      'sources': ['<@(shim_sources)', '<@(stream_sources)', '<@(values_sources)', '<@(platform_sources)'],
      # node-gyp makes a .node of every loadable module in its own target conditions; these come after them.
      'target_conditions': [
        ['OS=="win"', { 'product_extension': 'dll' }],
        ['OS=="mac"', { 'product_extension': 'dylib' }],
        ['OS=="linux"', { 'product_extension': 'so' }],
      ],
    },
  ],
  'conditions': [
    # What `eaphost probe` asks a Windows machine with.
    ['OS=="win"', {
      'targets': [
        {
          'target_name': 'eapprobemethod',
          'includes': ['native/msvc.gypi'],
          'type': 'loadable_module',
          'win_delay_load_hook': 'false',
          'product_prefix': '',
          'sources': ['<@(probe_method_sources)', '<@(values_sources)', '<@(platform_sources)'],
          'target_conditions': [['OS=="win"', { 'product_extension': 'dll' }]],
        },
        {
          'target_name': 'eapprobe',
          'includes': ['native/msvc.gypi'],
          'type': 'executable',
          'win_delay_load_hook': 'false',
          'sources': [
            '<@(probe_program_sources)', '<@(supplicant_sources)', '<@(values_sources)', '<@(platform_sources)',
          ],
        },
      ],
    }],
  ],
}
